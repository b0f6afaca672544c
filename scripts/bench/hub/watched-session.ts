import { must } from '@holdfast/shared/errors/assert'
import type { Socket } from 'socket.io-client'
import { lifecycleChange } from '../documents.ts'
import { mutationId } from '../mutation-id.ts'
import { quantile } from '../statistics.ts'
import { connect, connectAll } from './connect.ts'
import { makeSession } from './make-session.ts'
import { RoundWait, unexpected } from './round-wait.ts'
import { WorkMeter, type Work } from './work-meter.ts'

export interface WatchJob {
  readonly url: string
  readonly token: string
  readonly pid: number
  readonly listeners: number
  readonly documentBytes: number
}

export interface WatchRound {
  /** Acks of the one who writes. */
  readonly writes: number
  /** Events that reached a listener; each write reached every listener once. */
  readonly events: number
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly work: Work
}

/** The writer waits where listeners together are so many writes behind, so that all of it is one closed loop. */
const AHEAD = 8

/** One session with somebody who writes it and many who listen to its changes. */
export class WatchedSession {
  readonly #job: WatchJob
  readonly #session: string
  readonly #writer: Socket
  readonly #wait = new RoundWait('One session and its listeners')
  #visits = 0
  #acked = 0
  #delivered = 0
  #latencies: number[] = []
  #moved: () => void = () => {}

  static async open(job: WatchJob): Promise<WatchedSession> {
    const { url, token } = job
    const session = await makeSession(job, 0, job.documentBytes)
    const one = (): Promise<Socket> => connect({ url, token, session, ours: true })
    const [writer, ...listeners] = await connectAll(1 + job.listeners, one)
    return new WatchedSession(job, { session, writer: must(writer, 'it was connected'), listeners })
  }

  private constructor(
    job: WatchJob,
    { session, writer, listeners }: { session: string; writer: Socket; listeners: readonly Socket[] },
  ) {
    this.#job = job
    this.#session = session
    this.#writer = writer
    for (const listener of listeners) this.#listen(listener)
    for (const socket of [writer, ...listeners])
      socket.on('disconnect', (reason) => this.#wait.fail(`A socket was cut off: ${reason}`))
  }

  async round(milliseconds: number): Promise<WatchRound> {
    const { pid, listeners } = this.#job
    const before = { acked: this.#acked, delivered: this.#delivered }
    this.#latencies = []
    const meter = new WorkMeter(pid)
    const started = performance.now()
    await this.#write(started + milliseconds)
    const seconds = (performance.now() - started) / 1000
    const work = meter.sinceThen()
    const writes = this.#acked - before.acked
    const events = this.#delivered - before.delivered
    if (events !== writes * listeners) throw new Error(`${events} events came of ${writes} writes.`)
    return {
      writes,
      events,
      seconds,
      p50Ms: quantile(this.#latencies, 0.5),
      p99Ms: quantile(this.#latencies, 0.99),
      work,
    }
  }

  /** Every version once and in its order: anything else is no delivery. */
  #listen(listener: Socket): void {
    let last = 1
    listener.on('session-patched', ({ version }: { readonly version: number }) => {
      last += 1
      if (version !== last) this.#wait.fail(`Version ${version} came where ${last} was due.`)
      this.#delivered += 1
      this.#moved()
    })
  }

  #write(deadline: number): Promise<void> {
    const { listeners } = this.#job
    return this.#wait.until(deadline, (done) => {
      this.#moved = () => {
        if (this.#acked < this.#visits) return
        const behind = this.#visits * listeners - this.#delivered
        if (performance.now() < deadline) {
          if (behind <= AHEAD * listeners) this.#send()
        } else if (behind === 0) {
          done()
        }
      }
      this.#moved()
    })
  }

  #send(): void {
    const visit = this.#visits
    this.#visits += 1
    const payload = { sid: this.#session, patch: lifecycleChange(visit), mutationId: mutationId(0, visit) }
    const sent = performance.now()
    this.#writer.emit('patch-metadata', payload, (answer: { readonly result?: string }) => {
      this.#latencies.push(performance.now() - sent)
      this.#acked += 1
      if (answer.result === 'success') this.#moved()
      else this.#wait.fail(unexpected(answer))
    })
  }
}
