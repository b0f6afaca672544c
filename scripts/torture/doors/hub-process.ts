import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { track } from '../child-process.ts'
import type { Runtime } from '../runtimes.ts'

export type LogLevel = 'debug' | 'warn'

export interface HubSettings {
  readonly runtime: Runtime
  /** The hub's main program. */
  readonly program: string
  readonly home: string
  readonly port: number
  readonly token: string
  readonly logLevel: LogLevel
}

export interface HubEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A machine that is busy with other things still starts a hub in this time. */
const START_MS = 30_000
const SHOWN = 2000

/** One life of a hub as people run it: a process of its own, told what to do by its environment and by signals. */
export class HubProcess {
  readonly url: string
  readonly ended: Promise<HubEnd>
  readonly errorFile: string
  readonly #child: ChildProcess
  #output = ''
  #end: HubEnd | null = null

  private constructor(settings: HubSettings) {
    const { runtime, program, home, port, token } = settings
    mkdirSync(home, { recursive: true, mode: 0o700 })
    this.url = `http://127.0.0.1:${port}`
    this.errorFile = join(home, '..', 'hub.err')
    const errors = openSync(this.errorFile, 'a')
    this.#child = track(
      spawn(runtime.path, [program], {
        cwd: home,
        detached: true,
        stdio: ['ignore', 'pipe', errors],
        env: {
          PATH: process.env['PATH'],
          HOLDFAST_HOME: home,
          HOLDFAST_PORT: String(port),
          HOLDFAST_TOKEN: token,
          HOLDFAST_LOG_LEVEL: settings.logLevel,
        },
      }),
    )
    closeSync(errors)
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#output += text))
    this.ended = new Promise((resolve) => {
      const finish = (code: number | null, signal: NodeJS.Signals | null): void => {
        this.#end ??= { code, signal }
        resolve(this.#end)
      }
      this.#child.once('error', (error) => {
        this.#output += error.message
        finish(null, null)
      })
      this.#child.once('close', finish)
    })
  }

  /** Resolves when the hub says that it serves; rejects with what it printed where it does not come to that. */
  static async start(settings: HubSettings): Promise<HubProcess> {
    const hub = new HubProcess(settings)
    if (await hub.#serves()) return hub
    hub.kill()
    await hub.ended
    throw new HubNotStarted(`the hub does not start: ${hub.ending()}`)
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** How it ended; null while it lives. */
  get end(): HubEnd | null {
    return this.#end
  }

  /** What it said on the standard output. */
  get output(): string {
    return this.#output
  }

  /** How it ended, and the last of what it printed. */
  ending(): string {
    const { code = null, signal = null } = this.#end ?? {}
    const printed = `${this.#output}${readFileSync(this.errorFile, 'utf8')}`.slice(-SHOWN)
    return `${signal ?? `exit code ${code}`}, ${printed}`
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  terminate(): void {
    this.#child.kill('SIGTERM')
  }

  #serves(): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), START_MS)
      const answer = (serves: boolean): void => {
        clearTimeout(timer)
        resolve(serves)
      }
      this.#child.stdout?.on('data', () => {
        if (this.#output.includes(this.url)) answer(true)
      })
      void this.ended.then(() => answer(false))
    })
  }
}

export class HubNotStarted extends Error {
  override readonly name = 'HubNotStarted'
}
