import { must } from '@holdfast/shared/errors/assert'
import type { StartRunParams } from '@holdfast/shared/protocol/rpc/start-run'
import { io, type Socket } from 'socket.io-client'
import { until } from '../../socket/contract/test-client.ts'

/** What it does when it is asked; a promise that never settles is a runner that never answers. */
export interface RunnerScript {
  readonly look: (params: object) => unknown
  readonly start: (params: StartRunParams) => unknown
  readonly stop: (params: object) => unknown
}

/** Everything is there, every start is taken on, and nothing more comes of it. */
export const WILLING: RunnerScript = {
  look: () => ({
    transcript: { state: 'present', turns: 4 },
    directory: { state: 'present' },
    runtimeId: RUNTIME,
  }),
  start: () => ({ type: 'accepted' }),
  stop: () => ({ status: 'stopped' }),
}

export const MACHINE = 'machine-1'
export const RUNTIME = 'runtime-1'

/** What a call of the hub is to such a runner; a released client's answers others. */
const SCRIPTED = { 'look-for-conversation': 'look', 'start-run': 'start', 'stop-run': 'stop' } as const
const RELEASED = { 'path-exists': 'look', 'spawn-happy-session': 'start', 'stop-session': 'stop' } as const

export interface RunnerPlace {
  readonly url: string
  readonly token: string
  readonly machineId?: string
}

/** What a call carries: all that a test looks at, of whichever call it is. */
export type Carried = Partial<StartRunParams> & Pick<StartRunParams, 'runId' | 'sessionId'>

/** A machine's runner as a real client: it answers the hub's calls as its script says, and starts nothing. */
export class ScriptedRunner implements Disposable {
  /** The calls that came, in order: `look`, `start`, `stop`, and what they carried. */
  readonly calls: { readonly name: keyof RunnerScript; readonly params: Carried }[] = []
  readonly #socket: Socket
  readonly #script: RunnerScript

  private constructor(socket: Socket, script: RunnerScript) {
    this.#socket = socket
    this.#script = script
  }

  /** A runner that can resume in place, connected and registered. */
  static connect(place: RunnerPlace, script: Partial<RunnerScript> = {}): Promise<ScriptedRunner> {
    return ScriptedRunner.#open(place, { ...WILLING, ...script }, SCRIPTED)
  }

  /** The runner of a released client. */
  static connectReleased(place: RunnerPlace, script: Partial<RunnerScript> = {}): Promise<ScriptedRunner> {
    const released = { ...WILLING, look: () => ({ exists: {} }), ...script }
    return ScriptedRunner.#open(place, released, RELEASED)
  }

  static async #open(
    { url, token, machineId = MACHINE }: RunnerPlace,
    script: RunnerScript,
    names: { readonly [call: string]: keyof RunnerScript },
  ): Promise<ScriptedRunner> {
    const auth = { token, clientType: 'machine-scoped', machineId }
    const socket = io(`${url}/cli`, { transports: ['websocket'], reconnection: false, forceNew: true, auth })
    const runner = new ScriptedRunner(socket, script)
    socket.on('rpc-request', (call: { method: string; params: string }, ack: (answer: string) => void) => {
      const name = names[call.method.slice(machineId.length + 1)]
      if (name !== undefined) void runner.#answer(name, call.params, ack)
    })
    await until('the runner is connected', () => socket.connected)
    for (const name of Object.keys(names)) socket.emit('rpc-register', { method: `${machineId}:${name}` })
    // What it sent before is served by then.
    for (let count = 0; count < 2; count += 1) await socket.timeout(20_000).emitWithAck('ping')
    return runner
  }

  count(name: keyof RunnerScript): number {
    return this.calls.filter((call) => call.name === name).length
  }

  /** What the first call of this name carried, once it has come. */
  async asked(name: keyof RunnerScript, count = 1): Promise<Carried> {
    await until(`the runner is asked to ${name}`, () => this.count(name) >= count)
    return must(this.calls.findLast((call) => call.name === name)?.params, 'it was asked')
  }

  /** It ends without a word; what it started goes on. */
  [Symbol.dispose](): void {
    this.#socket.disconnect()
  }

  async #answer(name: keyof RunnerScript, params: string, ack: (answer: string) => void): Promise<void> {
    const asked = JSON.parse(params) as StartRunParams
    this.calls.push({ name, params: { ...asked } })
    ack(JSON.stringify(await this.#script[name](asked)))
  }
}
