import { randomUUID } from 'node:crypto'
import { AGENTS } from '@holdfast/shared/agents/registry'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AcceptanceHub } from './contract/acceptance-hub.ts'

const FLAVORS = AGENTS.filter(({ tokenField }) => tokenField !== null).map(({ flavor }) => flavor)

let hub: AcceptanceHub

beforeAll(async () => {
  hub = await AcceptanceHub.start()
})
afterAll(() => hub[Symbol.asyncDispose]())

test('[RU6] for every agent: the same conversation is resumed dispatch after dispatch, also after restarts of the worker and of the hub', async () => {
  const told: string[] = []
  for (let round = 0; round < 4; round += 1) {
    const worker = hub.worker()
    for (const flavor of FLAVORS) {
      const { resume } = await worker.dispatch({ key: `rounds ${flavor}`, flavor }, `token of ${flavor}`)
      told.push(resume.decision === 'resume' ? resume.token : resume.reason)
    }
    await worker.kill()
    await hub.kill()
    await hub.startAgain()
  }
  const tokens = FLAVORS.map((flavor) => `token of ${flavor}`)
  expect(told).toEqual([...FLAVORS.map(() => 'no_token'), ...tokens, ...tokens, ...tokens])
})

test.each(FLAVORS)(
  '[RV8] %s: a stored id that the agent does not know is quarantined, the same run goes on fresh, and the next dispatch resumes the new one',
  async (flavor) => {
    const worker = hub.worker()
    const claim = { key: `unknown ${flavor}`, flavor }
    const [stored, fresh] = [randomUUID(), randomUUID()]
    await worker.dispatch(claim, stored)
    const work = await worker.claim(claim)
    expect(work.resume).toEqual({ decision: 'resume', token: stored })
    await worker.rejected(work, stored)
    await worker.has(work, fresh)
    await worker.complete(work)
    const { tokens } = await hub.session(work.sessionId)
    expect(tokens.find(({ value }) => value === stored)).toMatchObject({ proof: 'quarantined' })
    expect((await worker.dispatch(claim, fresh)).resume).toEqual({ decision: 'resume', token: fresh })
  },
)

test('[RV8] a stored id that the agent does not know is never handed out again, whatever is restarted', async () => {
  const claim = { key: 'never again', flavor: 'claude' }
  const token = randomUUID()
  const worker = hub.worker()
  await worker.dispatch(claim, token)
  const work = await worker.claim(claim)
  await worker.rejected(work, token)
  await worker.complete(work)
  await worker.kill()
  await hub.kill()
  await hub.startAgain()
  const next = await hub.worker().claim(claim)
  expect(next.resume).toMatchObject({ decision: 'fresh', reason: 'token_quarantined' })
  expect(hub.log).toContain('token_quarantined')
  expect(hub.log).not.toContain(token)
})

test('[RV8] an id that the agent does not know from another directory is evidence and no quarantine: a person may still resume it', async () => {
  const worker = hub.worker()
  const claim = { key: 'elsewhere', flavor: 'claude' }
  const token = randomUUID()
  const { sessionId } = await worker.dispatch(claim, token)
  const metadata = { path: '/srv/other' }
  await hub.ask('PATCH', `/api/sessions/${sessionId}/metadata`, { patch: metadata })
  const work = await worker.claim(claim)
  expect(work.resume).toEqual({ decision: 'resume', token })
  await worker.rejected(work, token)
  await worker.complete(work)
  const { tokens, verdict } = await hub.session(sessionId)
  expect(tokens[0]).toMatchObject({ value: token, proof: 'confirmed', left: 'no' })
  expect(verdict).toMatchObject({ decision: 'confirm', token })
})

test.each(['claude', 'cursor'])(
  '[RU6] %s: an id that was only announced is not handed out, and one whose run ended in success is',
  async (flavor) => {
    const worker = hub.worker()
    const claim = { key: `announced ${flavor}`, flavor }
    const token = randomUUID()
    const first = await worker.claim(claim)
    await worker.has(first, token, 'provisional')
    await worker.complete(first, 'failed')
    const second = await worker.claim(claim)
    expect(second.resume).toMatchObject({ decision: 'fresh' })
    expect(second.checks.find(({ id }) => id === 'token')).toMatchObject({ reason: 'token_provisional' })
    await worker.has(second, token, 'provisional')
    await worker.complete(second)
    expect((await worker.claim(claim)).resume).toEqual({ decision: 'resume', token })
  },
)

test('[RV6] a conversation that a restart of its container took from the disk begins fresh, keeps its token, and is resumed once it is back', async () => {
  const claim = { key: 'container', flavor: 'claude' }
  const token = randomUUID()
  const before = hub.worker()
  await before.dispatch(claim, token)
  await before.kill()
  const worker = hub.worker()
  const gone = await worker.claim({ ...claim, evidence: { transcript: 'absent' } })
  expect(gone.resume).toMatchObject({ decision: 'fresh', reason: 'transcript_absent' })
  await worker.complete(gone)
  expect((await hub.session(gone.sessionId)).tokens[0]).toMatchObject({ value: token, left: 'no' })
  const back = await worker.claim({ ...claim, evidence: { transcript: 'present' } })
  expect(back.resume).toEqual({ decision: 'resume', token })
})
