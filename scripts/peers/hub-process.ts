import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Runtime } from '../torture/runtimes.ts'
import { StartedProcess, type ProcessEnd } from './started-process.ts'
import type { WireTap } from './wire-tap.ts'

export interface HubSettings {
  readonly root: string
  readonly runtime: Runtime
  /** The hub's home: it is the same hub as long as that is the same. */
  readonly home: string
  /** Where clients find it, wherever it listens. */
  readonly tap: WireTap
}

/** The root token of every hub that is started here; it is worth nothing anywhere else. */
export const ROOT_TOKEN = createHash('sha256').update('holdfast peers').digest('base64url')

/** Our hub as it is started by a person, over the same home again and again. */
export class HubProcess implements AsyncDisposable {
  readonly #settings: HubSettings
  #process: StartedProcess | null = null
  #url = ''

  constructor(settings: HubSettings) {
    this.#settings = settings
  }

  async start(): Promise<void> {
    const { root, runtime, home, tap } = this.#settings
    const env = {
      PATH: process.env['PATH'],
      HOME: home,
      HOLDFAST_HOME: home,
      HOLDFAST_PORT: '0',
      HOLDFAST_TOKEN: ROOT_TOKEN,
    }
    this.#process = new StartedProcess([runtime.path, join(root, 'hub/dist/main.js')], { cwd: root, env })
    this.#url = (await this.#process.printed(/^\s*address\s+(http\S+)$/m))[1] ?? ''
    await tap.open(new URL(this.#url))
  }

  /** Where it listens itself, for those who are not to be overheard. */
  get url(): string {
    return this.#url
  }

  /** As a crash would end it. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** As a person or a service manager would end it. */
  stop(): Promise<ProcessEnd> {
    return this.#end('SIGTERM')
  }

  get output(): string {
    return this.#process?.output ?? ''
  }

  async #end(signal: NodeJS.Signals): Promise<ProcessEnd> {
    const running = this.#process
    if (running === null) throw new Error('The hub is not running.')
    running.signal(signal)
    const end = await running.ended
    await this.#settings.tap.shut()
    return end
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]()
  }
}
