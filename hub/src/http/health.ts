import { Hono } from 'hono'
import { answering } from './answering.ts'
import type { DoorEnv } from './door-env.ts'
import type { Readiness } from './readiness.ts'

/** Up: the process answers. It says so to the end, for ending is not being down. */
export function upRoute(): Hono<DoorEnv> {
  return new Hono<DoorEnv>().get('/healthz', (c) => c.json({ ok: true }))
}

/** Ready: the store writes and reads. */
export function readyRoute(readiness: Readiness): Hono<DoorEnv> {
  return new Hono<DoorEnv>().get(
    '/readyz',
    answering<{ ready: true }>(async () => (await readiness.problem()) ?? { ready: true }),
  )
}
