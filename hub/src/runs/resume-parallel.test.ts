import { describe, expect, test } from 'vitest'
import { DoorWorld } from '../http/contract/door-world.ts'
import { Latch } from '../http/contract/latch.ts'
import { changed, failing } from '../socket/contract/changed-store.ts'
import { until } from '../socket/contract/test-client.ts'
import { doorWithRunner } from './contract/door-with-runner.ts'
import { openResumeWorld } from './contract/resume-world.ts'
import { MACHINE, RUNTIME } from './contract/scripted-runner.ts'
import { WAIT_LIMITS } from './resume-waits.ts'

describe('many resumes at once', () => {
  test('[RI2] of one session start one process; the others are told who is first', async () => {
    await using world = await DoorWorld.open()
    const { path, started, confirm } = await doorWithRunner(world)
    let losers = 0
    const asked = Array.from({ length: 100 }, async (_, at) => {
      const answer = await world.ask({ method: 'POST', path, body: {}, address: `10.0.0.${at}` })
      losers += answer.status === 409 ? 1 : 0
      return answer
    })
    await until('the others have their answers', () => losers === 99 && started.length === 1)
    await confirm(started[0] ?? '')
    const all = await Promise.all(asked)
    expect(started).toHaveLength(1)
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const answer of all.filter(({ status }) => status !== 200))
      expect(answer).toMatchObject({
        status: 409,
        body: { code: 'run_in_progress', runId: started[0], since: expect.any(Number) },
      })
  })

  test('[OP5] where the store fails before anything is started, nobody is kept from trying again', async () => {
    let isBroken = true
    await using world = await DoorWorld.open({
      store: (store) =>
        changed(store, {
          readFacts: (request) => (isBroken ? failing('storage_busy')() : store.readFacts(request)),
        }),
    })
    const { path, started, confirm } = await doorWithRunner(world)
    expect(await world.ask({ method: 'POST', path, body: {} })).toMatchObject({
      status: 503,
      body: { code: 'storage_busy' },
    })
    isBroken = false
    const answer = world.ask({ method: 'POST', path, body: {} })
    await until('it is started', () => started.length === 1)
    await confirm(started[0] ?? '')
    expect(await answer).toMatchObject({ status: 200 })
  })

  test('[OP4] [RI5] a hub that begins to end answers those who wait, and starts nothing more', async () => {
    const [reading, latch] = [new Latch(), new Latch()]
    await using world = await DoorWorld.open({
      store: (store) =>
        changed(store, {
          readSession: async (key) => {
            reading.open()
            await latch.opened
            return store.readSession(key)
          },
        }),
    })
    const { session, path, started } = await doorWithRunner(world)
    let isAnswered = false
    const answer = world.ask({ method: 'POST', path, body: {} }).finally(() => (isAnswered = true))
    await reading.opened
    world.resumes.shutDown()
    await until('it is answered', () => isAnswered)
    expect(await answer).toMatchObject({ status: 503, body: { code: 'shutting_down' } })
    // Nothing was started, so the next hub need not wait for it.
    const runs = await world.store.listRuns({ namespace: 'default', session, limit: 1 })
    expect(runs?.items).toMatchObject([{ kind: 'resume', state: 'withdrawn' }])
    latch.open()
    // What it read is there, and everything that follows from it has been done.
    await new Promise(setImmediate)
    await new Promise(setImmediate)
    expect(started).toEqual([])
  })

  test('[RI2] through two sessions that share a token start one process', async () => {
    await using world = await openResumeWorld()
    const { caller } = world
    const { session, token } = await caller.conversation()
    const other = await caller.conversation()
    const patch = { patch: { claudeSessionId: token } }
    await caller.ask('PATCH', `/api/sessions/${other.session}/metadata`, patch)
    const place = { flavor: 'claude', token, machineId: MACHINE, runtimeId: RUNTIME, reason: 'the same' }
    expect(await caller.ask('POST', `/api/sessions/${other.session}/rebind`, place)).toMatchObject({
      status: 200,
    })
    const runner = await world.runner()
    const acceptRisk = ['token', 'last-run']
    const first = caller.resume(session, { acceptRisk })
    const { runId } = await runner.asked('start')
    expect(await caller.resume(other.session, { acceptRisk })).toMatchObject({
      status: 409,
      body: { code: 'run_in_progress', session, runId },
    })
    await caller.confirm(runId, token)
    expect(await first).toMatchObject({ status: 200 })
    expect(runner.count('start')).toBe(1)
  })

  test('[SE5] those that wait are bounded, and leave room for everything else', async () => {
    await using world = await openResumeWorld()
    const { caller } = world
    const most = WAIT_LIMITS.ofNamespace
    const conversations = []
    for (let count = 0; count <= most; count += 1) conversations.push(await caller.conversation())
    const runner = await world.runner()
    const waiting = conversations.slice(0, most).map(({ session }) => caller.resume(session))
    await runner.asked('start', most)
    const [first, last] = [conversations[0], conversations[most]]
    const beyond = await Promise.race([caller.resume(last?.session ?? ''), runner.asked('start', most + 1)])
    expect(beyond).toMatchObject({
      status: 503,
      body: { code: 'overloaded' },
    })
    expect(await caller.runs(last?.session ?? '')).toEqual(['success'])
    // One that is through makes room for the next.
    const run = runner.calls.find(({ name, params }) => name === 'start' && params.token === first?.token)
    await caller.confirm(run?.params.runId ?? '', first?.token ?? '')
    expect(await waiting[0]).toMatchObject({ status: 200 })
    const next = caller.resume(last?.session ?? '')
    await runner.asked('start', most + 1)
    world.pass(10 * 60_000)
    const statuses = (await Promise.all([...waiting.slice(1), next])).map(({ status }) => status)
    expect(statuses).toEqual(Array.from({ length: most }, () => 409))
  })

  test('[SE5] those that come at the same time are bounded too', async () => {
    await using world = await openResumeWorld()
    const { caller } = world
    const most = WAIT_LIMITS.ofNamespace
    const conversations = []
    for (let count = 0; count < most + 8; count += 1) conversations.push(await caller.conversation())
    const runner = await world.runner()
    const codes: unknown[] = []
    const asked = conversations.map(async ({ session }) => {
      const { body } = await caller.resume(session)
      codes.push(body['code'])
    })
    await runner.asked('start', most)
    await until('the others have their answers', () => codes.length === 8)
    world.pass(10 * 60_000)
    await Promise.all(asked)
    expect(runner.count('start')).toBe(most)
    expect(codes.filter((code) => code === 'overloaded')).toHaveLength(8)
  })
})
