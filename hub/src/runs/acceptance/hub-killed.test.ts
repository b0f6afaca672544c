import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { AcceptanceHub } from './contract/acceptance-hub.ts'
import type { SessionShown } from './contract/acceptance-hub.ts'

const LIVE = 50

test('[RU3] a hub that is killed with 50 live runs and started again interrupts none, archives none and changes no token', async () => {
  await using hub = await AcceptanceHub.start()
  const flavors = ['claude', 'cursor', 'codex', 'gemini', 'opencode'] as const
  const runs = await Promise.all(
    Array.from({ length: LIVE }, async (_, index) => {
      const flavor = flavors[index % flavors.length] ?? 'claude'
      const place = { machineId: 'machine-1', runtimeId: 'runtime-1', directory: '/srv/app' }
      const { body } = await hub.ask('POST', '/cli/claims', { key: `live ${index}`, flavor, ...place })
      const { runId, sessionId } = body as { runId: string; sessionId: string }
      await hub.ask('POST', `/cli/runs/${runId}/token`, { token: randomUUID(), state: 'confirmed' })
      return { runId, sessionId }
    }),
  )
  const shown = (): Promise<SessionShown[]> =>
    Promise.all(runs.map(({ sessionId }) => hub.session(sessionId)))
  const before = await shown()
  await hub.kill()
  await hub.startAgain()
  const after = await shown()
  expect(after.map(({ runs: [run] }) => run?.state)).toEqual(Array.from({ length: LIVE }, () => 'running'))
  expect(after.map(({ session }) => session.metadata)).toEqual(before.map(({ session }) => session.metadata))
  expect(after.map(({ tokens }) => tokens)).toEqual(before.map(({ tokens }) => tokens))
  for (const { runId } of runs)
    expect(await hub.ask('POST', `/cli/runs/${runId}/heartbeat`, {})).toMatchObject({ status: 200 })
})

test('[RU3] [RU5] a hub that is killed mid-run and started again: its worker goes on, reports its token and ends in success', async () => {
  await using hub = await AcceptanceHub.start()
  for (const flavor of ['claude', 'cursor']) {
    const worker = hub.worker()
    const claim = { key: `hub killed ${flavor}`, flavor }
    const work = await worker.claim(claim)
    await hub.kill()
    await hub.startAgain()
    const token = randomUUID()
    await worker.has(work, token, 'provisional')
    await worker.complete(work)
    expect((await worker.claim(claim)).resume).toEqual({ decision: 'resume', token })
  }
})

test('[RU3] [RU4] hub and worker killed mid-run: the next life of the worker begins fresh at once, another one waits for the lease', async () => {
  await using hub = await AcceptanceHub.start()
  for (const flavor of ['claude', 'cursor']) {
    const worker = hub.worker()
    const holder = { id: `both-${flavor}`, boot: 1 }
    const claim = { key: `both killed ${flavor}`, flavor, holder }
    const token = randomUUID()
    const { sessionId } = await worker.dispatch(claim, token)
    await worker.claim(claim)
    await Promise.all([hub.kill(), worker.kill()])
    await hub.startAgain()
    const next = hub.worker()
    const stranger = await next.tryClaim({ key: claim.key, flavor })
    expect(stranger).toMatchObject({ status: 409, body: { code: 'run_in_progress' } })
    const { resume } = await next.claim({ ...claim, holder: { ...holder, boot: 2 } })
    expect(resume).toMatchObject({ decision: 'fresh', reason: 'run_interrupted' })
    expect((await hub.session(sessionId)).tokens[0]).toMatchObject({ value: token, left: 'no' })
  }
})

test('[RU3] hub and worker killed mid-run, and nobody says that the worker is gone: what the new hub finds is swept, the next dispatch begins fresh, and a person still gets the token', async () => {
  await using hub = await AcceptanceHub.start()
  const started = ['claude', 'cursor'].map(async (flavor) => {
    const worker = hub.worker()
    const claim = { key: `nobody says ${flavor}`, flavor }
    const token = randomUUID()
    const { sessionId } = await worker.dispatch(claim, token)
    await worker.claim(claim)
    return { worker, claim, token, sessionId }
  })
  const works = await Promise.all(started)
  await Promise.all([hub.kill(), ...works.map(({ worker }) => worker.kill())])
  await hub.startAgain()
  expect(hub.log).toMatch(/"runs":2,.*runs are live from before/)
  const next = hub.worker()
  for (const { claim, token, sessionId } of works) {
    const { runs } = await hub.reaches(sessionId, 'interrupted')
    expect(runs[0]).toMatchObject({ endedBy: 'lease' })
    const work = await next.claim(claim)
    expect(work.resume).toMatchObject({ decision: 'fresh', reason: 'run_interrupted' })
    await next.complete(work, 'cancelled')
    expect((await hub.session(sessionId)).verdict).toMatchObject({ decision: 'confirm', token })
  }
  expect(hub.log).toContain('runs were not heard of and are interrupted')
})

test('[RU4] a claim whose answer was lost in a crash of the hub is made again and answered the same', async () => {
  await using hub = await AcceptanceHub.start()
  const worker = hub.worker()
  const claim = { key: 'said again', flavor: 'cursor', runId: randomUUID() }
  const first = await worker.claim(claim)
  await hub.kill()
  await hub.startAgain()
  expect(await worker.claim(claim)).toEqual(first)
  expect((await hub.session(first.sessionId)).runs).toHaveLength(1)
})
