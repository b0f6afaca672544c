import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { CheckJob, CheckResult } from './check-store.ts'
import type { CheckFailure } from './checker.ts'
import { track } from './child-process.ts'

const TIMEOUT_MS = 60_000

const empty = { acks: 0, entries: 0, repeated: 0, settled: 0, unanswered: 0 }

/** One checker on one runtime, started when it is first needed, and again after it has died. */
export class CheckerProcess {
  readonly #command: readonly string[]
  #child: ChildProcess | null = null
  #answers: AsyncIterator<string> | null = null
  #turn: Promise<unknown> = Promise.resolve()

  constructor(command: readonly string[]) {
    this.#command = command
  }

  /** One job at a time, in the order of the calls. */
  check(job: CheckJob): Promise<CheckResult> {
    const result = this.#turn.then(() => this.#check(job))
    this.#turn = result
    return result
  }

  stop(): void {
    this.#child?.kill('SIGKILL')
    this.#child = null
    this.#answers = null
  }

  async #check(job: CheckJob): Promise<CheckResult> {
    const child = this.#start()
    child.stdin?.write(`${JSON.stringify(job)}\n`)
    const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS)
    const next = await this.#answers?.next()
    clearTimeout(timer)
    if (next === undefined || next.done === true) {
      this.stop()
      return {
        ...empty,
        findings: [{ kind: 'hang', what: `the check of ${job.database} died, or never ended` }],
      }
    }
    const answer = JSON.parse(next.value) as CheckResult | CheckFailure
    if (!('error' in answer)) return answer
    return { ...empty, findings: [{ kind: 'harness', what: `the check fell over: ${answer.error}` }] }
  }

  #start(): ChildProcess {
    if (this.#child !== null) return this.#child
    const [program = '', ...args] = this.#command
    const child = track(spawn(program, args, { detached: true, stdio: ['pipe', 'pipe', 'inherit'] }))
    // A checker that dies between two jobs is noticed by its missing answer.
    child.stdin?.on('error', () => undefined)
    if (child.stdout === null) throw new Error('The checker has no output.')
    this.#answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    this.#child = child
    return child
  }
}
