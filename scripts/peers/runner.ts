import { join } from 'node:path'
import { readIfThere } from './agents/announcement.ts'
import type { Peer } from './peer.ts'
import type { StartedProcess } from './started-process.ts'
import { until } from './until.ts'

interface Child {
  readonly startedBy: string
  readonly happySessionId: string
  readonly pid: number
}

/** The released client's runner on a machine, and the port by which programs of that machine use it. */
export class Runner implements AsyncDisposable {
  readonly process: StartedProcess
  readonly port: number

  private constructor(process: StartedProcess, port: number) {
    this.process = process
    this.port = port
  }

  static async start(peer: Peer): Promise<Runner> {
    const process = peer.start(['runner', 'start-sync'])
    const port = await until('the runner says its control port', () => {
      if (!process.runs) throw new Error(`the runner ended at its start:\n${process.output}`)
      const state = readIfThere(join(peer.home, 'runner.state.json'))
      return state.endsWith('}') ? (JSON.parse(state) as { httpPort?: number }).httpPort : undefined
    })
    return new Runner(process, port)
  }

  /** Starts a session in a directory; gives its id. */
  async spawnSession(directory: string): Promise<string> {
    const answer = await this.#control('spawn-session', { directory })
    if (typeof answer['sessionId'] !== 'string')
      throw new Error(`the runner started no session: ${JSON.stringify(answer)}`)
    return answer['sessionId']
  }

  async stopSession(sessionId: string): Promise<unknown> {
    return (await this.#control('stop-session', { sessionId }))['status']
  }

  async children(): Promise<readonly Child[]> {
    return (await this.#control('list', {}))['children'] as readonly Child[]
  }

  async stop(): Promise<void> {
    await this.#control('stop', {})
  }

  async #control(what: string, body: object): Promise<Record<string, unknown>> {
    const response = await fetch(`http://127.0.0.1:${this.port}/${what}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return (await response.json()) as Record<string, unknown>
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.process[Symbol.asyncDispose]()
  }
}
