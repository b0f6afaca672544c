import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT_TOKEN } from '../../contract/running-hub.ts'
import { until } from '../../socket/contract/test-client.ts'
import { ScriptedRunner } from '../contract/scripted-runner.ts'
import { AcceptanceHub } from './contract/acceptance-hub.ts'
import { MACHINE, RUNTIME } from './contract/worker-process.ts'

let hub: AcceptanceHub

beforeAll(async () => {
  hub = await AcceptanceHub.start()
  await hub.ask('POST', '/cli/machines', { id: MACHINE, metadata: {} })
})
afterAll(() => hub[Symbol.asyncDispose]())

/** As many requests as one address may have under way at `/api`. */
const RESUMES = 60

const PLACE = { flavor: 'claude', machineId: MACHINE, runtimeId: RUNTIME, directory: '/srv/app' } as const

test('[RU4] a key that 100 claims want at the same moment is given to one, and the others are told of its run', async () => {
  const claims = Array.from({ length: 100 }, () =>
    hub.ask('POST', '/cli/claims', { key: 'wanted', runId: randomUUID(), ...PLACE }),
  )
  const answers = await Promise.all(claims)
  const winners = answers.filter(({ status }) => status === 200)
  expect(winners).toHaveLength(1)
  const { runId, sessionId } = { ...winners[0]?.body } as { runId: string; sessionId: string }
  const losers = answers.filter(({ status }) => status !== 200)
  for (const loser of losers)
    expect(loser).toMatchObject({ status: 409, body: { code: 'run_in_progress', runId, session: sessionId } })
  expect((await hub.session(sessionId)).runs).toMatchObject([{ id: runId, state: 'running' }])
})

test('[RI2] a session that 60 people and 40 dispatchers want at the same moment: one process is started at most, and one run is live', async () => {
  const worker = hub.worker()
  const token = randomUUID()
  const { sessionId } = await worker.dispatch({ key: 'resumed', flavor: 'claude' }, token)
  using runner = await ScriptedRunner.connect({ url: hub.url, token: ROOT_TOKEN, machineId: MACHINE })
  const resumes = Array.from({ length: RESUMES }, () =>
    hub.ask('POST', `/api/sessions/${sessionId}/resume`, {}),
  )
  const claims = Array.from({ length: 100 - RESUMES }, () =>
    hub.ask('POST', '/cli/claims', { key: 'resumed', ...PLACE }),
  )
  let answered = 0
  const all = [...resumes, ...claims].map(async (asked) => {
    const answer = await asked
    answered += 1
    return answer
  })
  // Where a person was first, the answer comes with the confirmation.
  await until('one of them is first', () => answered === 100 || runner.count('start') > 0)
  const { runs } = await hub.session(sessionId)
  const [winner, ...others] = runs.filter(({ state }) => ['attempt', 'starting', 'running'].includes(state))
  expect(others).toEqual([])
  if (runner.count('start') > 0)
    await hub.ask('POST', `/cli/runs/${winner?.id ?? ''}/token`, { token, state: 'confirmed' })
  const answers = await Promise.all(all)
  expect(runner.count('start')).toBeLessThanOrEqual(1)
  const winners = answers.filter(({ status }) => status === 200)
  expect(winners.map(({ body }) => body['runId'])).toEqual([winner?.id])
  for (const loser of answers.filter(({ status }) => status !== 200))
    expect(loser).toMatchObject({ status: 409, body: { code: 'run_in_progress', runId: winner?.id } })
})
