import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import type { ApiRouteShape } from '@holdfast/shared/protocol/api-route-shape'
import { API_ROUTES } from '@holdfast/shared/protocol/api-routes'
import { ROLES } from '@holdfast/shared/records/device'
import { describe, expect, test } from 'vitest'
import type { Store } from '../../store/store.ts'
import { DoorWorld, RESUME_TOKEN, type Asking } from '../contract/door-world.ts'

/** A body that each route takes. */
const BODIES: { readonly [route: string]: object } = {
  'PATCH /api/sessions/:id/metadata': { patch: { name: 'n' } },
  'POST /api/sessions/:id/restore': { version: 1 },
  'POST /api/sessions/:id/clear-token': { flavor: 'claude', reason: 'r' },
  'POST /api/sessions/:id/put-back': { flavor: 'claude', value: RESUME_TOKEN },
  'POST /api/sessions/:id/rebind': { flavor: 'claude', token: RESUME_TOKEN, machineId: 'm', reason: 'r' },
  'POST /api/sessions/:id/resume': {},
  'POST /api/sessions/:id/stop': {},
  'POST /api/sessions/:id/archive': {},
  'POST /api/sessions/:id/reopen': {},
  'POST /api/devices': { name: 'n', role: 'viewer' },
  'POST /api/backup': { file: join(tmpdir(), 'never-made.db') },
  'POST /api/login': { token: 'wrong' },
}

const ROUTES = Object.entries<ApiRouteShape>(API_ROUTES)
const NEED_TOKEN = ROUTES.filter(([, { role }]) => role !== null)
/** A backup takes the hub's own token, which no device has. */
const FOR_DEVICES = NEED_TOKEN.filter(([route]) => route !== 'POST /api/backup')
const OF_ONE = ROUTES.filter(([, { params }]) => params !== undefined)
const WITH_BODY = ROUTES.filter(([, { body }]) => body !== undefined)

function asking(route: string, id: string, more: Partial<Asking> = {}): Asking {
  const [method = '', path = ''] = route.split(' ')
  return { method, path: path.replace(':id', id), body: BODIES[route], ...more }
}

async function fail(): Promise<never> {
  throw new HoldfastError('storage_busy', 'Another program holds the database.')
}

/** A store of which every method that is asked rejects. */
function broken(store: Store): Store {
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'epoch') return target.epoch
      return name === 'onContended' ? target.onContended.bind(target) : fail
    },
  })
}

describe('every route', () => {
  test.each(NEED_TOKEN)('[SE1] %s takes a token', async (route) => {
    await using world = await DoorWorld.open()
    const answer = await world.ask(asking(route, 'x', { token: null }))
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthorized' } })
  })

  test.each(FOR_DEVICES)('[SE1] %s takes the role that its table says', async (route, { role }) => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    for (const [at, each] of ROLES.entries()) {
      const { token } = await world.device(each)
      const denied = (await world.ask(asking(route, id, { token }))).status === 403
      expect([each, denied]).toEqual([each, at < ROLES.indexOf(role ?? 'viewer')])
    }
  })

  test.each(OF_ONE)('[SE5] %s of what is nobody is not found', async (route, { missing }) => {
    await using world = await DoorWorld.open()
    for (const id of ['nobody', 'no%00body', 'no.body', '%F0%9F%92%A9', 'x'.repeat(129)]) {
      const answer = await world.ask(asking(route, id))
      expect([answer.status, answer.body['code']]).toEqual([404, missing])
    }
  })

  test.each(WITH_BODY)('[SE5] %s takes JSON alone, and only what it knows', async (route) => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    const bodies: readonly (readonly [unknown, Record<string, string>, string])[] = [
      [BODIES[route], { 'content-type': 'text/plain' }, 'unsupported_media_type'],
      ['{"a":', {}, 'invalid_json'],
      ['[]', {}, 'invalid_request'],
      [{ ...BODIES[route], unheardOf: 1 }, {}, 'invalid_request'],
      ['{"__proto__":1}', {}, 'forbidden_key'],
      [{ reason: '\ud800' }, {}, 'invalid_field'],
      ['['.repeat(50) + ']'.repeat(50), {}, 'too_deep'],
      ['x'.repeat(1_200_000), {}, 'too_large'],
    ]
    for (const [body, headers, code] of bodies) {
      const answer = await world.ask(asking(route, id, { body, headers }))
      expect(answer.body['code']).toBe(code)
    }
  })

  test.each(NEED_TOKEN.filter(([route]) => !route.includes('/api/devices')))(
    '[OP5] [WI7] %s says what the store could not do',
    async (route) => {
      await using world = await DoorWorld.open({ store: broken })
      const answer = await world.ask(asking(route, 'x'))
      expect(answer).toMatchObject({ status: 503, body: { code: 'storage_busy' } })
      expect(answer.headers.get('retry-after')).toBe('1')
    },
  )

  test('[OP4] says that the hub is shutting down', async () => {
    await using world = await DoorWorld.open()
    world.ending = true
    for (const [route] of ROUTES)
      expect(await world.ask(asking(route, 'x'))).toMatchObject({
        status: 503,
        body: { code: 'shutting_down' },
      })
  })
})
