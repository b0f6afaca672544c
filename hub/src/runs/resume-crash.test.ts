import { describe, expect, test } from 'vitest'
import { newHome, removeHome, startHubProcess, type HubProcess } from '../contract/hub-process.ts'
import { ROOT_TOKEN } from '../contract/running-hub.ts'
import { openResumeWorld, ResumeCaller } from './contract/resume-world.ts'
import { ScriptedRunner, type RunnerScript } from './contract/scripted-runner.ts'
import { PENDING_MS } from './run-desk.ts'

const NEVER = new Promise<never>(() => undefined)

interface Step {
  readonly script: Partial<RunnerScript>
  /** Resolves when the resume has come so far. */
  readonly reached: (runner: ScriptedRunner, caller: ResumeCaller, session: string) => Promise<unknown>
  /** The state of the run then, and when nothing more is heard of it. */
  readonly state: string
  readonly over: string
}

/** Where a hub can be killed before the agent has said anything. */
const STEPS: readonly (readonly [string, Step])[] = [
  [
    'the lease is taken and the machine is asked what it sees',
    {
      script: { look: () => NEVER },
      reached: (runner) => runner.asked('look'),
      state: 'attempt',
      over: 'withdrawn',
    },
  ],
  [
    'the runner is asked to start the agent',
    {
      script: { start: () => NEVER },
      reached: (runner) => runner.asked('start'),
      state: 'attempt',
      over: 'withdrawn',
    },
  ],
  [
    'the runner has accepted',
    {
      script: {},
      reached: (_, caller, session) => caller.reaches(session, 'starting'),
      state: 'starting',
      over: 'failed',
    },
  ],
]

/** A hub process with a conversation that is being resumed. */
interface Resuming extends AsyncDisposable {
  readonly home: string
  readonly hub: HubProcess
  readonly caller: ResumeCaller
  readonly runner: ScriptedRunner
  readonly session: string
  readonly token: string
  /** What the session is before the resume. */
  readonly before: object
  readonly answer: Promise<unknown>
}

async function resuming(script: Partial<RunnerScript>): Promise<Resuming> {
  const home = newHome()
  const hub = startHubProcess({ HOLDFAST_HOME: home, HOLDFAST_PORT: '0', HOLDFAST_TOKEN: ROOT_TOKEN })
  const url = await hub.address()
  const caller = new ResumeCaller(url)
  await caller.machine()
  const { session, token } = await caller.conversation()
  const before = await caller.standing(session)
  const runner = await ScriptedRunner.connect({ url, token: ROOT_TOKEN }, script)
  const answer = caller.resume(session).catch(() => 'no answer')
  return {
    home,
    hub,
    caller,
    runner,
    session,
    token,
    before,
    answer,
    async [Symbol.asyncDispose]() {
      runner[Symbol.dispose]()
      await hub[Symbol.asyncDispose]()
      removeHome(home)
    },
  }
}

async function killed({ hub }: Resuming): Promise<void> {
  hub.signal('SIGKILL')
  await hub.ended
}

async function runOf({ caller }: { caller: ResumeCaller }, session: string): Promise<string> {
  const { body } = await caller.ask('GET', `/api/sessions/${session}/runs`)
  return (body['runs'] as { id: string }[])[0]?.id ?? ''
}

describe('a hub that is killed in the middle of a resume', () => {
  test.each(STEPS)(
    '[RI5] leaves everything as it was, and holds the conversation for two minutes more: %s',
    async (_, step) => {
      await using cut = await resuming(step.script)
      const { home, session, token, before } = cut
      await step.reached(cut.runner, cut.caller, session)
      await killed(cut)
      expect(await cut.answer).toBe('no answer')
      await using world = await openResumeWorld({ home })
      const { caller } = world
      const run = await runOf(world, session)
      expect(await caller.standing(session)).toEqual(before)
      expect(await caller.runs(session)).toEqual([step.state, 'success'])
      const runner = await world.runner()
      world.pass(PENDING_MS - 1)
      expect(await caller.resume(session)).toMatchObject({ status: 409, body: { code: 'run_in_progress' } })
      expect(runner.calls).toEqual([])
      world.pass(1)
      await caller.reaches(session, step.over)
      expect(await caller.standing(session)).toEqual(before)
      // It may have been started; whoever comes late is told to end.
      expect(await runner.asked('stop')).toEqual({ runId: run, sessionId: session })
      expect(await caller.confirm(run, token)).toMatchObject({ status: 410, body: { code: 'lease_lost' } })
      expect(await caller.standing(session)).toEqual(before)
    },
  )

  test.each(STEPS.slice(1))(
    '[RI5] takes up the agent that confirms after the restart: %s',
    async (_, step) => {
      await using cut = await resuming(step.script)
      const { home, session, token } = cut
      const { runId } = await cut.runner.asked('start')
      await step.reached(cut.runner, cut.caller, session)
      await killed(cut)
      await using world = await openResumeWorld({ home })
      const { caller } = world
      world.pass(PENDING_MS - 1)
      expect(await caller.confirm(runId, token)).toMatchObject({ status: 200 })
      expect((await caller.runs(session))[0]).toBe('running')
      const { metadata } = await caller.standing(session)
      expect(metadata).toMatchObject({ claudeSessionId: token })
      expect(metadata).not.toHaveProperty('lifecycleState')
      expect(await caller.resume(session)).toMatchObject({ status: 409, body: { code: 'run_in_progress' } })
    },
  )

  test('[RI5] keeps a confirmation that nobody was told of', async () => {
    await using cut = await resuming({})
    const { home, session, token } = cut
    const { runId } = await cut.runner.asked('start')
    await cut.caller.confirm(runId, token)
    await killed(cut)
    await using world = await openResumeWorld({ home })
    expect((await world.caller.runs(session))[0]).toBe('running')
    expect((await world.caller.standing(session))['metadata']).not.toHaveProperty('lifecycleState')
    const beat = await world.caller.ask('POST', `/cli/runs/${runId}/heartbeat`)
    expect(beat).toMatchObject({ status: 200, body: { state: 'running' } })
  })
})

describe('a hub that is told to end in the middle of a resume', () => {
  test('[OP4] [RI1] says so at once, and the attempt goes on', async () => {
    await using cut = await resuming({})
    const { home, hub, session, token, before } = cut
    const { runId } = await cut.runner.asked('start')
    await cut.caller.reaches(session, 'starting')
    hub.signal('SIGTERM')
    expect(await cut.answer).toMatchObject({ status: 503, body: { code: 'shutting_down' } })
    expect(await hub.ended).toBe(0)
    expect(hub.errors()).not.toContain('connections were cut')
    expect(cut.runner.count('stop')).toBe(0)
    await using world = await openResumeWorld({ home })
    const { caller } = world
    expect(await caller.standing(session)).toEqual(before)
    expect((await caller.runs(session))[0]).toBe('starting')
    expect(await caller.confirm(runId, token)).toMatchObject({ status: 200 })
    expect((await caller.runs(session))[0]).toBe('running')
  })
})
