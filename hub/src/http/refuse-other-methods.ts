import { refuse } from '@holdfast/shared/errors/holdfast-error'
import type { Hono } from 'hono'
import type { DoorEnv } from './door-env.ts'
import { refusalAnswer } from './refusal-answer.ts'

/** On every path that has a route, other methods are told which ones there are. To be called after the last route. */
export function refuseOtherMethods(app: Hono<DoorEnv>): void {
  for (const [path, methods] of methodsByPath(app)) {
    const allowed = methods.join(', ')
    app.all(path, (c) => {
      c.header('Allow', allowed)
      return refusalAnswer(c, refuse('method_not_allowed', `This address knows ${allowed}.`))
    })
  }
}

function methodsByPath(app: Hono<DoorEnv>): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const { path, method } of app.routes) {
    if (method === 'ALL') continue
    const methods = method === 'GET' ? ['GET', 'HEAD'] : [method]
    found.set(path, [...(found.get(path) ?? []), ...methods])
  }
  return found
}
