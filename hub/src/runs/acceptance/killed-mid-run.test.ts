import { randomUUID } from 'node:crypto'
import { AGENTS } from '@holdfast/shared/agents/registry'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AcceptanceHub } from './contract/acceptance-hub.ts'
import type { Claim, WorkerProcess } from './contract/worker-process.ts'

const FLAVORS = AGENTS.filter(({ tokenField }) => tokenField !== null).map(({ flavor }) => flavor)

let hub: AcceptanceHub

beforeAll(async () => {
  hub = await AcceptanceHub.start()
})
afterAll(() => hub[Symbol.asyncDispose]())

/** A worker with a token of an earlier success, in the middle of its next run. */
async function midRun(
  claim: Claim,
): Promise<{ worker: WorkerProcess; session: string; token: string; run: string }> {
  const worker = hub.worker()
  const token = randomUUID()
  await worker.dispatch(claim, token)
  const work = await worker.claim(claim)
  expect(work.resume).toEqual({ decision: 'resume', token })
  await worker.has(work, token)
  return { worker, session: work.sessionId, token, run: work.runId }
}

describe('a task of a dispatcher that dies', () => {
  test('[RU3] [RV4] killed mid-run, for every agent: the same key claimed by its next life at once begins fresh, and no token is lost', async () => {
    await Promise.all(
      FLAVORS.map(async (flavor) => {
        const holder = { id: `dispatcher-${flavor}`, boot: 1 }
        const claim = { key: `killed ${flavor}`, flavor, holder }
        const { worker, session, token, run } = await midRun(claim)
        await worker.kill()
        const next = await hub.worker().claim({ ...claim, holder: { ...holder, boot: 2 } })
        expect(next.sessionId).toBe(session)
        expect(next.resume).toMatchObject({ decision: 'fresh', reason: 'run_interrupted' })
        expect(next.workDir).toBe('/srv/app')
        const { tokens, runs } = await hub.session(session)
        expect(tokens[0]).toMatchObject({ value: token, left: 'no' })
        expect(runs.find(({ id }) => id === run)).toMatchObject({ state: 'interrupted', endedBy: 'holder' })
      }),
    )
  })

  test('[RU4] killed mid-run, and nobody says that it is gone: the next dispatch is refused until its lease ends, and then begins fresh', async () => {
    const waiting = ['claude', 'cursor'].map(async (flavor) => {
      const claim = { key: `silent ${flavor}`, flavor }
      const { worker, session, token } = await midRun(claim)
      await worker.kill()
      const next = hub.worker()
      const refused = await next.tryClaim(claim)
      expect(refused).toMatchObject({ status: 409, body: { code: 'run_in_progress' } })
      await hub.reaches(session, 'interrupted')
      const work = await next.claim(claim)
      expect(work.resume).toMatchObject({ decision: 'fresh', reason: 'run_interrupted' })
      expect((await hub.session(session)).tokens[0]).toMatchObject({ value: token, left: 'no' })
    })
    await Promise.all(waiting)
  })

  test('[RV4] a run that is cancelled: the next dispatch begins fresh, and one that failed does too', async () => {
    const worker = hub.worker()
    for (const flavor of ['claude', 'cursor'])
      for (const outcome of ['cancelled', 'failed'] as const) {
        const claim = { key: `${outcome} ${flavor}`, flavor }
        await worker.dispatch(claim, randomUUID())
        await worker.complete(await worker.claim(claim), outcome)
        const { resume } = await worker.claim(claim)
        expect(resume).toMatchObject({ decision: 'fresh', reason: `run_${outcome}` })
      }
  })

  test('[RV4] a dispatch that begins fresh although there is a token is a warning in the log, with key, prefix and reason and no whole token', async () => {
    const worker = hub.worker()
    const claim = { key: 'issue-to-warn-of', flavor: 'claude' }
    const token = randomUUID()
    await worker.dispatch(claim, token)
    await worker.complete(await worker.claim(claim), 'cancelled')
    await worker.claim(claim)
    const line = hub.log.split('\n').find((text) => text.includes('issue-to-warn-of')) ?? ''
    expect(line).toMatch(/warn|"level":40/)
    expect(line).toContain('run_cancelled')
    expect(line).toContain(token.slice(0, 8))
    expect(hub.log).not.toContain(token)
  })

  test.each(FLAVORS)(
    '[RV4] %s: a run that ended in success: the next dispatch resumes, after a restart of the worker as well',
    async (flavor) => {
      const claim = { key: `well ${flavor}`, flavor }
      const token = randomUUID()
      const first = hub.worker()
      await first.dispatch(claim, token)
      await first.kill()
      const { resume } = await hub.worker().claim(claim)
      expect(resume).toEqual({ decision: 'resume', token })
    },
  )

  test('[RU3] after a start a dispatcher says which runs it has: those that are missing are interrupted at once, and nobody else', async () => {
    const other = hub.worker()
    const stays = await other.claim({ key: 'of another', flavor: 'cursor' })
    const holder = { id: 'restarted', boot: 1 }
    const { worker, session, run } = await midRun({ key: 'missing', flavor: 'cursor', holder })
    await worker.kill()
    const listed = await hub.worker().post('/cli/runs/held', { holder: { ...holder, boot: 2 }, runs: [] })
    expect(listed).toMatchObject({ status: 200, body: { ended: [run] } })
    expect((await hub.session(session)).runs[0]).toMatchObject({ state: 'interrupted' })
    expect((await hub.session(stays.sessionId)).runs[0]).toMatchObject({ state: 'running' })
  })

  test('[RV4] a token that no run is on record for is never given to a program that acts by itself', async () => {
    const token = randomUUID()
    const metadata = {
      path: '/srv/app',
      host: 'box',
      flavor: 'cursor',
      machineId: 'machine-1',
      cursorSessionId: token,
    }
    await hub.ask('POST', '/cli/sessions', { tag: 'never run', metadata })
    const { resume } = await hub.worker().claim({ key: 'never run', flavor: 'cursor' })
    expect(resume).toMatchObject({ decision: 'fresh', reason: 'run_missing' })
  })

  test('[RV4] a person may still resume what was interrupted, after accepting every caution', async () => {
    const holder = { id: 'by-hand', boot: 1 }
    const claim = { key: 'by hand', flavor: 'cursor', holder }
    const { worker, session, token } = await midRun(claim)
    await worker.kill()
    const next = hub.worker()
    const again = { ...claim, holder: { ...holder, boot: 2 }, intent: 'operator' } as const
    const asked = await next.tryClaim(again)
    expect(asked).toMatchObject({ status: 409, body: { code: 'confirmation_required' } })
    expect((await hub.session(session)).runs[0]).toMatchObject({ state: 'interrupted' })
    const checks = asked.body['checks'] as { id: string }[]
    const work = await next.claim({ ...again, acceptRisk: checks.map(({ id }) => id) })
    expect(work.resume).toEqual({ decision: 'resume', token })
  })
})
