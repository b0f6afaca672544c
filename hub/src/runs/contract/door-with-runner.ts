import type { Answered, DoorWorld } from '../../http/contract/door-world.ts'
import { MACHINE, RUNTIME } from './scripted-runner.ts'

export const THE_TOKEN = 'the-token-of-the-conversation'

/** An answer, or what makes one; one that throws is not heard in time. */
type RunnerAnswer = object | (() => object)

/** What the runner answers where it does not see everything, or does not take on every start. */
export interface RunnerAnswers {
  readonly 'look-for-conversation': RunnerAnswer
  readonly 'start-run': RunnerAnswer
  readonly 'stop-run': RunnerAnswer
}

export interface DoorWithRunner {
  readonly session: string
  /** Where it is resumed. */
  readonly path: string
  /** The runs that the runner was asked to start, and to stop, in order. */
  readonly started: string[]
  readonly stopped: string[]
  /** How long each call waits for its answer. */
  readonly waits: { [name: string]: number }
  /** What the wrapper says of a run: its agent has loaded the session's conversation. */
  readonly confirm: (run: string) => Promise<Answered>
}

const THERE = { transcript: { state: 'present' }, directory: { state: 'present' }, runtimeId: RUNTIME }

/** A session against which nothing speaks, and a runner in this process that starts what it is told. */
export async function doorWithRunner(
  world: DoorWorld,
  more: Partial<RunnerAnswers> = {},
): Promise<DoorWithRunner> {
  const post = (path: string, body: object): Promise<Answered> => world.ask({ method: 'POST', path, body })
  const place = { flavor: 'claude', machineId: MACHINE, runtimeId: RUNTIME, directory: '/srv/app' }
  const claimed = await post('/cli/claims', { key: 'k', ...place })
  const { sessionId, runId } = claimed.body as { sessionId: string; runId: string }
  const token = { token: THE_TOKEN, state: 'confirmed', transcript: 'present' }
  const confirm = (run: string): Promise<Answered> => post(`/cli/runs/${run}/token`, token)
  await confirm(runId)
  await post(`/cli/runs/${runId}/complete`, { outcome: 'success' })
  const [started, stopped]: [string[], string[]] = [[], []]
  const waits: DoorWithRunner['waits'] = {}
  const answers: RunnerAnswers = {
    'look-for-conversation': THERE,
    'start-run': { type: 'accepted' },
    'stop-run': { status: 'stopped' },
    ...more,
  }
  for (const [name, answer] of Object.entries(answers) as [string, RunnerAnswer][])
    world.registry.register('default', `${MACHINE}:${name}`, {
      id: 'c1',
      async ask({ params, timeoutMs }) {
        waits[name] = timeoutMs
        const { runId: asked } = JSON.parse(params) as { runId: string }
        if (name === 'start-run') started.push(asked)
        if (name === 'stop-run') stopped.push(asked)
        return JSON.stringify(typeof answer === 'function' ? (answer as () => object)() : answer)
      },
    })
  return { session: sessionId, path: `/api/sessions/${sessionId}/resume`, started, stopped, waits, confirm }
}
