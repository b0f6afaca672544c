import { describe, expect, test } from 'vitest'
import { until } from '../socket/contract/test-client.ts'
import { openResumeWorld, type ResumeWorld } from './contract/resume-world.ts'
import type { RunnerScript, ScriptedRunner } from './contract/scripted-runner.ts'
import { PENDING_MS } from './run-desk.ts'

const NEVER = new Promise<never>(() => undefined)

interface Failing {
  readonly world: ResumeWorld
  readonly session: string
  readonly run: string
  readonly token: string
  readonly runner: ScriptedRunner
}

/** How a resume comes to nothing: what the runner does, what happens then, and what is said of it. */
interface Failure {
  readonly script?: Partial<RunnerScript>
  readonly follows?: (failing: Failing) => Promise<unknown>
  readonly answer: object
  readonly run: string
  /** How often the runner is told to end what it started, and what a report says afterwards. */
  readonly stops: number
  readonly late: number
}

const complete =
  (body: object) =>
  ({ world, run }: Failing): Promise<unknown> =>
    world.caller.ask('POST', `/cli/runs/${run}/complete`, body)

const onceAccepted =
  (act: (failing: Failing) => Promise<unknown>) =>
  async (failing: Failing): Promise<unknown> => {
    await failing.world.caller.reaches(failing.session, 'starting')
    return act(failing)
  }

const inTime = async ({ world }: Failing): Promise<void> => world.pass(PENDING_MS)

const failed = (reason: unknown) => ({ status: 409, body: { code: 'resume_failed', reason } })

const FAILURES: readonly (readonly [string, Failure])[] = [
  [
    'the runner refuses',
    {
      script: { start: () => ({ type: 'refused', code: 'full', message: 'Ten agents run already.' }) },
      answer: failed('Ten agents run already.'),
      run: 'withdrawn',
      stops: 1,
      late: 410,
    },
  ],
  [
    'the runner says that it could not',
    {
      script: { start: () => ({ error: 'spawn ENOENT' }) },
      answer: failed('spawn ENOENT'),
      run: 'withdrawn',
      stops: 1,
      late: 410,
    },
  ],
  [
    'the agent ends before it has loaded the conversation',
    {
      follows: onceAccepted(complete({ outcome: 'failed', reason: 'exit code 1: No conversation found' })),
      answer: failed('exit code 1: No conversation found'),
      run: 'failed',
      stops: 0,
      late: 200,
    },
  ],
  [
    'the agent says that all is well and never loaded the conversation',
    {
      follows: onceAccepted(complete({ outcome: 'success' })),
      answer: failed(expect.any(String)),
      run: 'failed',
      stops: 0,
      late: 200,
    },
  ],
  [
    'somebody cancels it',
    {
      follows: onceAccepted(complete({ outcome: 'cancelled' })),
      answer: failed(expect.stringContaining('cancelled')),
      run: 'cancelled',
      stops: 0,
      late: 200,
    },
  ],
  [
    'the agent does not know the conversation',
    {
      follows: onceAccepted(({ world, run, token }) =>
        world.caller.ask('POST', `/cli/runs/${run}/rejected`, { token, message: 'no such conversation' }),
      ),
      answer: failed(expect.any(String)),
      run: 'failed',
      stops: 1,
      late: 410,
    },
  ],
  [
    'the agent loads another conversation',
    {
      follows: onceAccepted(({ world, run }) => world.caller.confirm(run, 'another-conversation')),
      answer: { status: 409, body: { code: 'identity_mismatch' } },
      run: 'failed',
      stops: 1,
      late: 410,
    },
  ],
  [
    'the agent loads another conversation before the runner has answered',
    {
      script: { start: () => NEVER },
      follows: ({ world, run }) => world.caller.confirm(run, 'another-conversation'),
      answer: { status: 409, body: { code: 'identity_mismatch' } },
      run: 'failed',
      stops: 1,
      late: 410,
    },
  ],
  [
    'the agent is not heard of in time',
    { follows: onceAccepted(inTime), answer: failed(expect.any(String)), run: 'failed', stops: 1, late: 410 },
  ],
  [
    'neither the runner nor the agent is heard of in time',
    {
      script: { start: () => NEVER },
      follows: inTime,
      answer: failed(expect.any(String)),
      run: 'withdrawn',
      stops: 1,
      late: 410,
    },
  ],
]

describe('a resume that comes to nothing', () => {
  test.each(FAILURES)(
    '[RI5] [RI4] leaves lifecycle, token and archive reason as they were: %s',
    async (_, { script, follows, answer, run: state, stops, late }) => {
      await using world = await openResumeWorld()
      const { caller } = world
      const { session, token } = await caller.conversation()
      const before = await caller.standing(session)
      expect(before).toMatchObject({ metadata: { archiveReason: 'put away', claudeSessionId: token } })
      const runner = await world.runner(script)
      const answered = caller.resume(session)
      const { runId } = await runner.asked('start')
      await follows?.({ world, session, run: runId, token, runner })
      expect(await answered).toMatchObject(answer)
      expect(await caller.standing(session)).toEqual(before)
      expect((await caller.runs(session))[0]).toBe(state)
      await until('the runner is told', () => runner.count('stop') === stops)
      expect(runner.calls.slice(2)).toEqual(
        Array.from({ length: stops }, () => ({ name: 'stop', params: { runId, sessionId: session } })),
      )
      // What reports from here on changes nothing, and a process that nobody waits for learns that it is to end.
      expect(await caller.confirm(runId, token)).toMatchObject({ status: late })
      expect(await caller.standing(session)).toEqual(before)
      expect((await caller.runs(session))[0]).toBe(state)
    },
  )
})

describe('the two minutes', () => {
  test('[RI1] are held, also when the runner dies, and whatever the wrapper says meanwhile', async () => {
    await using world = await openResumeWorld()
    const { caller } = world
    const { session, token } = await caller.conversation()
    const runner = await world.runner()
    const answer = caller.resume(session)
    const { runId } = await runner.asked('start')
    await caller.reaches(session, 'starting')
    runner[Symbol.dispose]()
    world.pass(PENDING_MS - 1)
    await caller.ask('POST', `/cli/runs/${runId}/heartbeat`)
    await caller.ask('POST', `/cli/runs/${runId}/token`, { token, state: 'provisional' })
    expect(await caller.resume(session)).toMatchObject({ status: 409, body: { code: 'run_in_progress' } })
    world.pass(1)
    expect(await answer).toMatchObject({ status: 409, body: { code: 'resume_failed' } })
    expect(await caller.confirm(runId, token)).toMatchObject({ status: 410 })
    expect((await caller.runs(session))[0]).toBe('failed')
  })

  test('[RI5] a wrapper that is killed right after the resume loses nothing', async () => {
    await using world = await openResumeWorld()
    const { caller } = world
    const { session, token } = await caller.conversation()
    const runner = await world.runner()
    const answer = caller.resume(session)
    const { runId } = await runner.asked('start')
    await caller.confirm(runId, token)
    expect(await answer).toMatchObject({ status: 200 })
    const before = await caller.standing(session)
    // It never says another word.
    world.pass(PENDING_MS)
    await caller.reaches(session, 'interrupted')
    expect(await caller.standing(session)).toEqual(before)
    expect(runner.count('stop')).toBe(0)
    const again = await caller.resume(session)
    expect(again).toMatchObject({ status: 409, body: { code: 'confirmation_required' } })
    const accepted = caller.resume(session, { acceptRisk: ['last-run'] })
    const started = await runner.asked('start', 2)
    expect(started).toMatchObject({ token, sessionId: session })
    await caller.confirm(started.runId, token)
    expect(await accepted).toMatchObject({ status: 200 })
  })

  test('[RI1] a failed attempt can be made again at once', async () => {
    await using world = await openResumeWorld()
    const { caller } = world
    const { session, token } = await caller.conversation()
    let starts = 0
    const runner = await world.runner({
      start: () => (++starts === 1 ? { type: 'refused', message: 'busy' } : { type: 'accepted' }),
    })
    expect(await caller.resume(session)).toMatchObject({ status: 409, body: { code: 'resume_failed' } })
    const answer = caller.resume(session)
    const { runId } = await runner.asked('start', 2)
    await caller.confirm(runId, token)
    expect(await answer).toMatchObject({ status: 200, body: { runId } })
  })

  test('[RI1] what a runner said is kept to its last thousand characters', async () => {
    await using world = await openResumeWorld()
    const { caller } = world
    const { session } = await caller.conversation()
    const message = `${'x'.repeat(100_000)}\u0000\ud800 the last line`
    await world.runner({ start: () => ({ type: 'refused', message }) })
    const { body } = await caller.resume(session)
    expect(body['code']).toBe('resume_failed')
    expect(String(body['reason'])).toHaveLength(1024)
    expect(String(body['reason'])).toMatch(/x\ufffd\ufffd the last line$/)
    const runs = await caller.ask('GET', `/api/sessions/${session}/runs`)
    expect((runs.body['runs'] as object[])[0]).toMatchObject({ state: 'withdrawn', reason: body['reason'] })
  })
})
