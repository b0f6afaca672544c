import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'

const LONGEST_ANSWER_MS = 600_000

/** The children that run now; whatever ends this process ends them too. */
const running = new Set<ChildProcess>()

export function killChildrenOnExit(): void {
  process.once('exit', () => {
    for (const child of running) child.kill('SIGKILL')
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130))
}

/** A process that is measured: it prints a line of JSON for each thing that it has to say. */
export class BenchChild {
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>
  readonly #ended: Promise<void>
  #errors = ''

  constructor(command: string, module: string, job: object) {
    const script = new URL(`./${module}`, import.meta.url).pathname
    this.#child = spawn(command, [script, JSON.stringify(job)], { stdio: ['pipe', 'pipe', 'pipe'] })
    const child = this.#child
    running.add(child)
    // It may end before it has read what was written to it; why it ended is told by what it printed.
    child.stdin?.on('error', (error) => {
      this.#errors += error.message
    })
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      this.#errors = (this.#errors + chunk).slice(-4000)
    })
    this.#ended = new Promise((resolve) => {
      child.once('error', (error) => {
        this.#errors += error.message
        resolve()
      })
      child.once('close', () => resolve())
    })
    void this.#ended.then(() => running.delete(child))
    if (child.stdout === null) throw new Error('A child was started without a way to hear it.')
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  }

  /** What the child says next. */
  async hear<Answer>(): Promise<Answer> {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), LONGEST_ANSWER_MS)
    const line = await this.#lines.next()
    clearTimeout(timer)
    if (line.done !== true) return JSON.parse(line.value) as Answer
    await this.#ended
    throw new Error(`A measured process ended early: ${this.#errors.trim() || 'it said nothing'}`)
  }

  ask<Answer>(command: string): Promise<Answer> {
    this.#child.stdin?.write(`${command}\n`)
    return this.hear<Answer>()
  }

  /** Lets it close its store. */
  async end(): Promise<void> {
    this.#child.stdin?.end()
    await this.#ended
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }
}
