import { CLI_ROUTES, type CliRoute } from '@holdfast/shared/protocol/routes'
import { expect } from 'vitest'
import type { z } from 'zod'
import { runIdOf } from '../../store/contract/test-runs.ts'
import type { Answered, DoorWorld } from './door-world.ts'

export const RUN = runIdOf(1)
export const CLAIM = {
  key: 'nightly',
  flavor: 'claude',
  machineId: 'm1',
  runtimeId: 'r1',
  runId: RUN,
  directory: '/work',
}

type Answer<Route extends CliRoute> = z.infer<(typeof CLI_ROUTES)[Route]['answer']>

/** What the route answers where it goes well; shows anything else. */
export function granted<Route extends CliRoute>(route: Route, answer: Answered): Answer<Route> {
  if (answer.status !== 200) expect(answer.body).toEqual({ status: 200 })
  return CLI_ROUTES[route].answer.parse(answer.body) as Answer<Route>
}

export function post(world: DoorWorld, path: string, body?: unknown, token?: string): Promise<Answered> {
  const asking = { method: 'POST', path, ...(token === undefined ? {} : { token }) }
  return world.ask(body === undefined ? asking : { ...asking, body })
}

export async function claim(world: DoorWorld, more: object = {}): Promise<Answer<'POST /cli/claims'>> {
  return granted('POST /cli/claims', await post(world, '/cli/claims', { ...CLAIM, ...more }))
}

/** A session whose newest token is confirmed, made by a run that ended well. */
export async function proven(world: DoorWorld, token: string, more: object = {}): Promise<string> {
  const { sessionId, runId } = await claim(world, { runId: runIdOf(900), ...more })
  await post(world, `/cli/runs/${runId}/token`, { token, state: 'confirmed', transcript: 'present' })
  await post(world, `/cli/runs/${runId}/complete`, { outcome: 'success' })
  return sessionId
}
