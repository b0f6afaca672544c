import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openResumeWorld, type Answered, type ResumeWorld } from './contract/resume-world.ts'
import { MACHINE, RUNTIME } from './contract/scripted-runner.ts'

let world: ResumeWorld

beforeEach(async () => {
  world = await openResumeWorld()
})

afterEach(() => world[Symbol.asyncDispose]())

interface Held {
  readonly runId: string
  readonly sessionId: string
}

/** A session that a dispatcher holds by its reports alone. */
async function held(machineId = MACHINE): Promise<Held> {
  const claim = { key: randomUUID(), flavor: 'claude', machineId, runtimeId: RUNTIME, directory: '/srv/app' }
  return (await world.caller.ask('POST', '/cli/claims', claim)).body as unknown as Held
}

function stop({ sessionId }: Held): Promise<Answered> {
  return world.caller.ask('POST', `/api/sessions/${sessionId}/stop`, {})
}

describe('stopping a run', () => {
  test('[WI5] the runner of its machine is asked to end it', async () => {
    using runner = await world.runner()
    const run = await held()
    expect(await stop(run)).toMatchObject({ status: 200, body: { outcome: 'stopped', by: 'runner' } })
    const { runId, sessionId } = run
    expect(runner.calls).toEqual([{ name: 'stop', params: { runId, sessionId } }])
  })

  test('[WI5] a run that its runner does not know is not said to have ended', async () => {
    using _runner = await world.runner({ stop: () => ({ status: 'still_alive' }) })
    expect((await stop(await held())).body).toMatchObject({ outcome: 'unknown', by: 'runner' })
  })

  test('[WI5] a released runner, which knows no runs, is asked to end the session', async () => {
    using runner = await world.releasedRunner()
    const run = await held()
    expect(await stop(run)).toMatchObject({ status: 200, body: { outcome: 'stopped', by: 'runner' } })
    expect(runner.calls).toEqual([{ name: 'stop', params: { sessionId: run.sessionId } }])
  })

  test('[WI5] the runner of another machine is not asked, and it is said where to stop it', async () => {
    await world.caller.machine('machine-2')
    using runner = await world.runner({}, 'machine-2')
    const answer = await stop(await held())
    expect(answer).toMatchObject({ status: 409, body: { code: 'runner_unable' } })
    expect(answer.body['error']).toMatch(/^[^.]+ is not connected [^.]+ stop it on the machine machine-1\.$/)
    expect(runner.calls).toEqual([])
  })

  test('[WI5] where nobody holds it, and nobody is connected, it is not said that somebody does', async () => {
    const run = await held()
    await world.caller.ask('POST', `/cli/runs/${run.runId}/complete`, { outcome: 'success' })
    expect(await stop(run)).toMatchObject({ status: 503, body: { code: 'no_machine_online' } })
  })

  test('[WI5] a run goes on until its holder says that it ended', async () => {
    using _runner = await world.runner()
    const run = await held()
    await stop(run)
    expect(await world.caller.runs(run.sessionId)).toEqual(['running'])
  })
})
