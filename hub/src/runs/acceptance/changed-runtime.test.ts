import { randomUUID } from 'node:crypto'
import { AGENTS } from '@holdfast/shared/agents/registry'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TestClient } from '../../socket/contract/test-client.ts'
import { ROOT_TOKEN } from '../../contract/running-hub.ts'
import { AcceptanceHub } from './contract/acceptance-hub.ts'
import { MACHINE } from './contract/worker-process.ts'

const AGENTS_WITH_TOKENS = AGENTS.filter(({ tokenField }) => tokenField !== null)
const OLD = 'runtime-old'
const NEW = 'runtime-new'

let hub: AcceptanceHub

beforeAll(async () => {
  hub = await AcceptanceHub.start()
})
afterAll(() => hub[Symbol.asyncDispose]())

/** A released client puts a token into a session, and knows no runtime. */
async function writeAsReleased(session: string, fields: object): Promise<void> {
  using client = new TestClient(`${hub.url}/cli`, {
    token: ROOT_TOKEN,
    clientType: 'session-scoped',
    sessionId: session,
  })
  await client.connected()
  const { session: shown } = await hub.session(session)
  const metadata = { ...shown.metadata, host: 'box', ...fields }
  const ack = await client.ask('update-metadata', {
    sid: session,
    expectedVersion: shown.metadataVersion,
    metadata,
  })
  expect(ack).toMatchObject({ result: 'success' })
}

test.each(AGENTS_WITH_TOKENS)(
  '[RV5] $flavor: a claim from another runtime begins fresh, keeps the working directory, and the token stays for its own',
  async ({ flavor }) => {
    const worker = hub.worker()
    const claim = { key: `guarded ${flavor}`, flavor, runtimeId: OLD }
    const token = randomUUID()
    const first = await worker.dispatch(claim, token)
    const moved = await worker.claim({ ...claim, runtimeId: NEW, directory: '/elsewhere' })
    expect(moved.resume).toMatchObject({ decision: 'fresh', reason: 'runtime_changed' })
    expect(moved.workDir).toBe('/srv/app')
    await worker.complete(moved)
    expect((await hub.session(first.sessionId)).tokens[0]).toMatchObject({
      value: token,
      left: 'no',
      runtimeId: OLD,
    })
  },
)

test('[RV5] it is the runtime of the claiming run that counts: a task of the old runtime still resumes what the old one made', async () => {
  const worker = hub.worker()
  const claim = { key: 'migrating', flavor: 'claude' }
  const token = randomUUID()
  await worker.dispatch({ ...claim, runtimeId: OLD }, token)
  const elsewhere = await worker.claim({ ...claim, runtimeId: NEW })
  expect(elsewhere.resume).toMatchObject({ reason: 'runtime_changed' })
  await worker.complete(elsewhere)
  const { resume } = await worker.claim({ ...claim, runtimeId: OLD })
  expect(resume).toEqual({ decision: 'resume', token })
})

test.each(AGENTS_WITH_TOKENS)(
  '[RV5] $flavor: an older token that is the session’s again is paired with its own runtime, and never with that of a newer run',
  async ({ flavor, tokenField }) => {
    const worker = hub.worker()
    const claim = { key: `stale pointer ${flavor}`, flavor }
    const [older, newer] = [randomUUID(), randomUUID()]
    const { sessionId } = await worker.dispatch({ ...claim, runtimeId: OLD }, older)
    const again = await worker.claim({ ...claim, runtimeId: NEW })
    await worker.has(again, newer)
    await worker.complete(again)
    await writeAsReleased(sessionId, { [tokenField ?? '']: older })
    const fromNew = await worker.claim({ ...claim, runtimeId: NEW })
    expect(fromNew.resume).toMatchObject({ decision: 'fresh', reason: 'runtime_changed' })
    await worker.complete(fromNew)
    const fromOld = await worker.claim({ ...claim, runtimeId: OLD })
    expect(fromOld.resume).toEqual({ decision: 'resume', token: older })
    await worker.complete(fromOld)
  },
)

test.each(AGENTS_WITH_TOKENS)(
  '[RV5] $flavor: a token whose runtime is on no record is not given to the runtime of the session’s newest run',
  async ({ flavor, tokenField }) => {
    const worker = hub.worker()
    const claim = { key: `no runtime ${flavor}`, flavor }
    const { sessionId } = await worker.dispatch({ ...claim, runtimeId: NEW }, randomUUID())
    await writeAsReleased(sessionId, { [tokenField ?? '']: randomUUID(), machineId: MACHINE })
    const work = await worker.claim({ ...claim, runtimeId: NEW })
    expect(work.resume.decision).toBe('fresh')
    expect(work.checks.find(({ id }) => id === 'runtime')).toMatchObject({ reason: 'runtime_unknown' })
    await worker.complete(work)
  },
)

test.each(['success', 'failed', 'cancelled'] as const)(
  '[RV5] a token is of the runtime of the run that reported it, also where that ended in %s, and never of the one before',
  async (outcome) => {
    const worker = hub.worker()
    const claim = { key: `moved on, ${outcome}`, flavor: 'claude' }
    await worker.dispatch({ ...claim, runtimeId: OLD }, randomUUID())
    const token = randomUUID()
    const work = await worker.claim({ ...claim, runtimeId: NEW })
    await worker.has(work, token)
    await worker.complete(work, outcome)
    expect((await hub.session(work.sessionId)).tokens[0]).toMatchObject({ value: token, runtimeId: NEW })
    const fromOld = await worker.claim({ ...claim, runtimeId: OLD })
    expect(fromOld.resume).toMatchObject({ decision: 'fresh', reason: 'runtime_changed' })
    await worker.complete(fromOld, 'cancelled')
    const fromNew = await worker.claim({ ...claim, runtimeId: NEW })
    expect(fromNew.checks.find(({ id }) => id === 'runtime')).toMatchObject({ status: 'pass' })
    await worker.complete(fromNew)
  },
)

test('[RV5] where the token has no runtime of its own, that of the run which carried exactly this token counts, under the same guard', async () => {
  const worker = hub.worker()
  const claim = { key: 'legacy', flavor: 'claude' } as const
  const token = randomUUID()
  const made = await worker.claim({ ...claim, runtimeId: OLD })
  await worker.complete(made)
  await writeAsReleased(made.sessionId, { claudeSessionId: token })
  const asked = await worker.tryClaim({ ...claim, runtimeId: OLD, intent: 'operator' })
  const checks = asked.body['checks'] as { id: string }[]
  const acceptRisk = checks.map(({ id }) => id)
  const byHand = await worker.claim({ ...claim, runtimeId: OLD, intent: 'operator', acceptRisk })
  expect(byHand.resume).toEqual({ decision: 'resume', token })
  await worker.complete(byHand)
  const fromNew = await worker.claim({ ...claim, runtimeId: NEW })
  expect(fromNew.resume).toMatchObject({ decision: 'fresh', reason: 'runtime_changed' })
  await worker.complete(fromNew)
  expect((await worker.claim({ ...claim, runtimeId: OLD })).resume).toEqual({ decision: 'resume', token })
})
