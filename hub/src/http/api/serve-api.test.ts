import { ROLES, type Role } from '@holdfast/shared/records/device'
import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { BodyReader } from '../body-reader.ts'
import type { DoorEnv } from '../door-env.ts'
import { noHttpCounts } from '../http-counts.ts'
import { serveApi } from './serve-api.ts'

/** A route for admins whose handler asks nobody who it is that asks. */
function appFor(role: Role): Hono<DoorEnv> {
  const app = new Hono<DoorEnv>()
  app.use(async (c, next) => {
    c.set('caller', { namespace: 'default', role, device: null })
    return next()
  })
  serveApi(app, { 'GET /api/devices': async () => ({ devices: [], nextCursor: null }) }, new BodyReader())
  return app
}

describe('a route with a role', () => {
  test.each([...ROLES])(
    '[SE1] is closed to a %s that is less, whatever its handler looks at',
    async (role) => {
      const request = new Request('http://127.0.0.1:4006/api/devices')
      const answer = await appFor(role).fetch(request, { address: '127.0.0.1', counts: noHttpCounts() })
      expect(answer.status).toBe(role === 'admin' ? 200 : 403)
    },
  )
})
