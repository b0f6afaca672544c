import { spawn, type ChildProcess } from 'node:child_process'
import { track } from '../torture/child-process.ts'
import { until } from './until.ts'

export interface ProcessEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface StartOptions {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

/** A process of ours, with all that it printed. Disposing of it kills it and what it started. */
export class StartedProcess implements AsyncDisposable {
  readonly ended: Promise<ProcessEnd>
  readonly #child: ChildProcess
  #output = ''

  constructor([program = '', ...args]: readonly string[], { cwd, env }: StartOptions) {
    this.#child = track(spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] }))
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding('utf8').on('data', (chunk: string) => (this.#output += chunk))
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject)
      // What it started may hold its output open: its own end counts.
      this.#child.once('exit', (code, signal) => resolve({ code, signal }))
    })
    this.ended.catch(() => {})
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get runs(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  get output(): string {
    return this.#output
  }

  /** To this process alone, as a person or a system would do it. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** What it printed, once that shows what is looked for; an error with its output when it ends before. */
  async printed(pattern: RegExp, withinMs?: number): Promise<RegExpExecArray> {
    return until(
      `${this.#child.spawnfile} prints ${pattern}`,
      () => {
        const found = pattern.exec(this.#output)
        if (found === null && !this.runs) throw new Error(`it ended before:\n${this.#output}`)
        return found ?? undefined
      },
      withinMs,
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { pid } = this.#child
    if (pid !== undefined) killIfThere(-pid)
    await Promise.race([this.ended.catch(() => {}), new Promise((resolve) => setTimeout(resolve, 5000))])
  }
}

/** Kills a process, or with a negative number a group, that may have ended by itself. */
export function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
