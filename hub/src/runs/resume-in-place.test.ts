import { describe, expect, test } from 'vitest'
import { Latch } from '../http/contract/latch.ts'
import { openResumeWorld } from './contract/resume-world.ts'
import { MACHINE, RUNTIME } from './contract/scripted-runner.ts'

const ACCEPTED = { type: 'accepted' }
const NEVER = new Promise<never>(() => undefined)
/** Answers once the latch is open. */
const after = (latch: Latch, answer: object) => async (): Promise<object> => {
  await latch.opened
  return answer
}

const SEEN = { transcript: { state: 'present', turns: 4 }, directory: { state: 'present' } }

describe('resuming in place', () => {
  test('[RI1] is answered once the agent has confirmed that it loaded that token', async () => {
    await using world = await openResumeWorld()
    const { caller } = world
    const { session, token } = await caller.conversation()
    const runner = await world.runner()
    let isAnswered = false
    const answer = caller.resume(session, { prompt: 'Go on.' }).finally(() => (isAnswered = true))
    const { runId } = await runner.asked('start')
    await caller.reaches(session, 'starting')
    const said = { token, state: 'provisional' }
    expect(await caller.ask('POST', `/cli/runs/${runId}/token`, said)).toMatchObject({ status: 200 })
    expect([isAnswered, await caller.runs(session)]).toEqual([false, ['starting', 'success']])
    await caller.confirm(runId, token)
    expect(await answer).toEqual({ status: 200, body: { type: 'success', sessionId: session, runId } })
    expect(await caller.runs(session)).toEqual(['running', 'success'])
    expect(await caller.standing(session)).toMatchObject({ metadata: { claudeSessionId: token } })
    const place = { sessionId: session, flavor: 'claude', token, directory: '/srv/app', runtimeId: RUNTIME }
    expect(runner.calls).toEqual([
      { name: 'look', params: place },
      { name: 'start', params: { ...place, runId, settings: {}, prompt: 'Go on.' } },
    ])
  })

  test('[RI5] only a confirmed agent takes the session out of the archive', async () => {
    await using world = await openResumeWorld()
    const { caller } = world
    const { session, token } = await caller.conversation()
    const before = await caller.standing(session)
    expect(before).toMatchObject({ metadata: { lifecycleState: 'archived', archiveReason: 'put away' } })
    const runner = await world.runner()
    const answer = caller.resume(session)
    const { runId } = await runner.asked('start')
    await caller.reaches(session, 'starting')
    expect(await caller.standing(session)).toEqual(before)
    await caller.confirm(runId, token)
    expect(await answer).toMatchObject({ status: 200 })
    const { metadata } = await caller.standing(session)
    for (const field of ['lifecycleState', 'lifecycleStateSince', 'archivedBy', 'archiveReason'])
      expect(metadata).not.toHaveProperty(field)
  })

  test('[RI1] begins with the lease: nobody else asks while the machine is asked', async () => {
    await using world = await openResumeWorld()
    const { caller } = world
    const { session } = await caller.conversation()
    const look = new Latch()
    const runner = await world.runner({ look: after(look, SEEN), start: () => NEVER })
    const first = caller.resume(session)
    await runner.asked('look')
    expect(await caller.runs(session)).toEqual(['attempt', 'success'])
    expect(await caller.resume(session)).toMatchObject({
      status: 409,
      body: { code: 'run_in_progress', session, since: expect.any(Number), runId: expect.any(String) },
    })
    const claim = { key: 'other', flavor: 'claude', machineId: MACHINE }
    expect(await caller.ask('POST', '/cli/claims', claim)).toMatchObject({ status: 200 })
    look.open()
    const { runId } = await runner.asked('start')
    expect(runner.count('look')).toBe(1)
    await caller.ask('POST', `/cli/runs/${runId}/complete`, { outcome: 'failed' })
    expect(await first).toMatchObject({ status: 409 })
  })

  test("[RI1] the agent's word counts when that of the runner is lost", async () => {
    await using world = await openResumeWorld()
    const { caller } = world
    const { session, token } = await caller.conversation()
    const runner = await world.runner({ start: () => NEVER })
    const answer = caller.resume(session)
    const { runId } = await runner.asked('start')
    runner[Symbol.dispose]()
    expect(await caller.runs(session)).toEqual(['attempt', 'success'])
    expect(await caller.confirm(runId, token)).toMatchObject({ status: 200 })
    expect(await answer).toMatchObject({ status: 200, body: { type: 'success', runId } })
  })

  test("[RI1] the agent's word counts when the runner says something that is not understood", async () => {
    await using world = await openResumeWorld()
    const { caller } = world
    const { session, token } = await caller.conversation()
    const runner = await world.runner({ start: () => ({ type: 'success' }) })
    const answer = caller.resume(session)
    const { runId } = await runner.asked('start')
    await caller.confirm(runId, token)
    expect(await answer).toMatchObject({ status: 200, body: { type: 'success', runId } })
  })

  test('[RI1] goes on when whoever asked has hung up', async () => {
    await using world = await openResumeWorld()
    const { caller } = world
    const { session, token } = await caller.conversation()
    const start = new Latch()
    const runner = await world.runner({ start: after(start, ACCEPTED) })
    const hanging = new AbortController()
    const answer = caller.resume(session, {}, hanging.signal).catch(() => 'hung up')
    const { runId } = await runner.asked('start')
    hanging.abort()
    expect(await answer).toBe('hung up')
    start.open()
    await caller.reaches(session, 'starting')
    expect(await caller.confirm(runId, token)).toMatchObject({ status: 200 })
    expect(await caller.runs(session)).toEqual(['running', 'success'])
  })

  test('[RI1] the session keeps its id, and none is made, merged or deleted', async () => {
    await using world = await openResumeWorld()
    const { caller } = world
    const conversations = [await caller.conversation(), await caller.conversation()]
    const { session, token } = conversations[0] ?? { session: '', token: '' }
    const runner = await world.runner()
    const answer = caller.resume(session)
    await caller.confirm((await runner.asked('start')).runId, token)
    expect(await answer).toMatchObject({ body: { sessionId: session } })
    const { body } = await caller.ask('GET', '/api/sessions')
    const ids = (body['sessions'] as { id: string }[]).map(({ id }) => id)
    expect(ids.toSorted()).toEqual(conversations.map((each) => each.session).toSorted())
  })

  test('[RI1] the agent is permitted what was recorded, and no more', async () => {
    await using world = await openResumeWorld()
    const { caller } = world
    const { session, token } = await caller.conversation()
    const settings = { model: 'opus', permissionMode: 'plan' as const, effort: null }
    await world.settings(session, settings)
    const runner = await world.runner()
    const answer = caller.resume(session)
    const params = await runner.asked('start')
    expect(params.settings).toEqual(settings)
    await caller.confirm(params.runId, token)
    await answer
  })

  test('[RI9] no reader sees the session without its token, at any step', async () => {
    await using world = await openResumeWorld()
    const { caller } = world
    const { session, token } = await caller.conversation()
    const [look, start] = [new Latch(), new Latch()]
    const runner = await world.runner({ look: after(look, SEEN), start: after(start, ACCEPTED) })
    const seen: unknown[] = []
    const note = async () => seen.push((await caller.token(session)) ?? 'none')
    const answer = caller.resume(session)
    await runner.asked('look')
    await note()
    look.open()
    const { runId } = await runner.asked('start')
    await note()
    // The wrapper, which was told the token, says so before it starts the agent.
    await caller.ask('POST', `/cli/runs/${runId}/token`, { token, state: 'provisional' })
    await note()
    start.open()
    await caller.reaches(session, 'starting')
    await note()
    await caller.confirm(runId, token)
    await answer
    await note()
    expect(seen).toEqual(Array.from({ length: 5 }, () => token))
  })
})

describe('a machine that can not', () => {
  test('[RV2] is offline, and nothing is kept of the attempt', async () => {
    await using world = await openResumeWorld()
    const { caller } = world
    const { session } = await caller.conversation()
    const before = await caller.standing(session)
    const answer = await caller.resume(session)
    expect(answer).toMatchObject({ status: 503, body: { code: 'no_machine_online' } })
    expect(String(answer.body['error'])).toContain(MACHINE)
    expect(await caller.runs(session)).toEqual(['withdrawn', 'success'])
    expect(await caller.standing(session)).toEqual(before)
  })

  test('[RI1] [RV2] dies while it looks: it is offline then, and nothing is kept of the attempt', async () => {
    await using world = await openResumeWorld()
    const { caller } = world
    const { session } = await caller.conversation()
    const before = await caller.standing(session)
    const runner = await world.runner({ look: () => NEVER })
    const answer = caller.resume(session)
    await runner.asked('look')
    runner[Symbol.dispose]()
    expect(await answer).toMatchObject({ status: 503, body: { code: 'no_machine_online' } })
    expect(await caller.runs(session)).toEqual(['withdrawn', 'success'])
    expect(await caller.standing(session)).toEqual(before)
  })

  test("[RI8] has a released client's runner: the answer names the command, and nothing is asked of it", async () => {
    await using world = await openResumeWorld()
    const { caller } = world
    const { session } = await caller.conversation()
    const runner = await world.releasedRunner({ look: () => ({ exists: { '/srv/app': true } }) })
    expect(await caller.resume(session)).toMatchObject({
      status: 409,
      body: { code: 'runner_unable', command: `hapi resume ${session}` },
    })
    expect(runner.calls.map(({ name }) => name)).toEqual(['look'])
    expect(await caller.runs(session)).toEqual(['withdrawn', 'success'])
  })

  test('[RV7] another machine is never asked', async () => {
    await using world = await openResumeWorld()
    const { caller } = world
    const { session } = await caller.conversation()
    await caller.machine('machine-2')
    const runner = await world.runner({}, 'machine-2')
    expect(await caller.resume(session)).toMatchObject({ status: 503, body: { code: 'no_machine_online' } })
    expect(runner.calls).toEqual([])
  })
})
