import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { ROOT_TOKEN } from '../../../contract/running-hub.ts'

const PROGRAM = fileURLToPath(new URL('worker.mjs', import.meta.url))

const BEAT_MS = 500

export interface WorkerAnswer {
  readonly status: number
  readonly body: { readonly [name: string]: unknown }
}

/** What a claim was told, where it was let in. */
export interface Work {
  readonly runId: string
  readonly sessionId: string
  readonly workDir: string | null
  readonly resume:
    | { readonly decision: 'resume'; readonly token: string }
    | { readonly decision: 'fresh'; readonly reason: string }
  readonly checks: readonly { readonly id: string; readonly status: string; readonly reason?: string }[]
}

export interface Claim {
  readonly key: string
  readonly flavor: string
  readonly machineId?: string
  readonly runtimeId?: string | null
  readonly directory?: string
  readonly holder?: { readonly id: string; readonly boot: number }
  readonly evidence?: object
  readonly runId?: string
  readonly intent?: 'auto' | 'operator'
  readonly acceptRisk?: readonly string[]
}

export const MACHINE = 'machine-1'
export const RUNTIME = 'runtime-1'
const DIRECTORY = '/srv/app'

/** A worker that can be killed in the middle of what it does. */
export class WorkerProcess implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #answers: AsyncIterator<string>
  readonly #ended: Promise<unknown>

  constructor(url: string) {
    const settings = { url, token: ROOT_TOKEN, beatMs: BEAT_MS }
    this.#child = spawn(process.execPath, [PROGRAM, JSON.stringify(settings)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#ended = once(this.#child, 'close')
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  async post(path: string, body: object): Promise<WorkerAnswer> {
    this.#child.stdin.write(`${JSON.stringify({ path, body })}\n`)
    const { value, done } = await this.#answers.next()
    if (done === true) throw new Error(`The worker ended before it had an answer to ${path}.`)
    return JSON.parse(value) as WorkerAnswer
  }

  tryClaim(claim: Claim): Promise<WorkerAnswer> {
    const usual = { machineId: MACHINE, runtimeId: RUNTIME, directory: DIRECTORY }
    return this.post('/cli/claims', { ...usual, ...claim })
  }

  async claim(claim: Claim): Promise<Work> {
    return this.#granted(await this.tryClaim(claim)) as Work
  }

  /** Its agent said which conversation it is in. */
  async has(work: Work, token: string, state: 'provisional' | 'confirmed' = 'confirmed'): Promise<void> {
    this.#granted(await this.post(`/cli/runs/${work.runId}/token`, { token, state }))
  }

  async rejected(work: Work, token: string): Promise<void> {
    const message = `No conversation found with session ID: ${token}`
    this.#granted(await this.post(`/cli/runs/${work.runId}/rejected`, { token, message }))
  }

  async complete(work: Work, outcome: 'success' | 'failed' | 'cancelled' = 'success'): Promise<void> {
    this.#granted(await this.post(`/cli/runs/${work.runId}/complete`, { outcome }))
  }

  /** A whole dispatch that comes to a good end, in the conversation that it is told, or in a new one. */
  async dispatch(claim: Claim, fresh: string): Promise<Work> {
    const work = await this.claim(claim)
    await this.has(work, work.resume.decision === 'resume' ? work.resume.token : fresh)
    await this.complete(work)
    return work
  }

  /** As the system does it: without a word to anybody. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill()
  }

  #granted({ status, body }: WorkerAnswer): unknown {
    if (status !== 200) throw new Error(`The hub said ${status}: ${JSON.stringify(body)}`)
    return body
  }
}
