import type { JsonObject } from '@holdfast/shared/metadata/json'
import type { Socket } from 'socket.io-client'
import { documentOf, lifecycleChange, sessionId } from '../documents.ts'
import { mutationId } from '../mutation-id.ts'
import { quantile } from '../statistics.ts'
import { Turns } from '../turns.ts'
import { connect, connectAll } from './connect.ts'
import { isFilled, SOCKETS, type Contender } from './contender.ts'
import { makeSession } from './make-session.ts'
import { RoundWait, unexpected } from './round-wait.ts'
import { WorkMeter, type Work } from './work-meter.ts'

/** A server, and what is to be sent to it. */
export interface LoadJob {
  readonly contender: Contender
  readonly url: string
  readonly token: string
  readonly pid: number
}

export interface LoadRound {
  /** All that were acknowledged. */
  readonly writes: number
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly work: Work
}

interface Write {
  readonly event: 'patch-metadata' | 'update-metadata'
  readonly payload: object
  isRight(answer: Answer): boolean
}

/** What is read of an ack. */
interface Answer {
  readonly result?: string
  readonly version?: number
  readonly changed?: readonly string[]
  readonly metadata?: { readonly [field: string]: unknown }
}

const CHANGED_FIELDS = 4

/** The sockets to one server, each in its closed loop: a write, its ack, the next write. */
export class LoadTarget {
  readonly #job: LoadJob
  readonly #turns: Turns
  readonly #sessions: readonly string[]
  readonly #sockets: readonly Socket[]
  readonly #serials: number[]
  readonly #documents: readonly JsonObject[]
  readonly #wait: RoundWait

  static async open(job: LoadJob): Promise<LoadTarget> {
    const turns = new Turns({ ...job.contender, writers: SOCKETS })
    const sessions: string[] = []
    for (let at = 0; at < SOCKETS; at += 1) sessions.push(await sessionFor(job, turns.ownOf(at)))
    const ours = job.contender.operation === 'patch'
    const sockets = await connectAll(SOCKETS, (at) =>
      connect({ url: job.url, token: job.token, session: sessions[at] ?? '', ours }),
    )
    return new LoadTarget(job, { turns, sessions, sockets })
  }

  private constructor(
    job: LoadJob,
    parts: {
      readonly turns: Turns
      readonly sessions: readonly string[]
      readonly sockets: readonly Socket[]
    },
  ) {
    const { operation, documentBytes } = job.contender
    this.#job = job
    this.#turns = parts.turns
    this.#sessions = parts.sessions
    this.#sockets = parts.sockets
    this.#serials = parts.sockets.map(() => 0)
    this.#documents =
      operation === 'patch'
        ? []
        : parts.sockets.map((_, at) => documentOf(this.#turns.ownOf(at), documentBytes))
    this.#wait = new RoundWait(job.contender.name)
    for (const socket of parts.sockets)
      socket.on('disconnect', (reason) => this.#wait.fail(`A socket was cut off: ${reason}`))
  }

  async round(milliseconds: number): Promise<LoadRound> {
    const latencies: number[] = []
    const meter = new WorkMeter(this.#job.pid)
    const started = performance.now()
    await this.#write(started + milliseconds, latencies)
    const seconds = (performance.now() - started) / 1000
    const work = meter.sinceThen()
    return {
      writes: latencies.length,
      seconds,
      p50Ms: quantile(latencies, 0.5),
      p99Ms: quantile(latencies, 0.99),
      work,
    }
  }

  close(): void {
    for (const socket of this.#sockets) socket.disconnect()
  }

  #write(deadline: number, latencies: number[]): Promise<void> {
    return this.#wait.until(deadline, (allDone) => {
      let writing = this.#sockets.length
      const done = (): void => {
        writing -= 1
        if (writing === 0) allDone()
      }
      for (const [at, socket] of this.#sockets.entries())
        this.#loop(socket, at, { deadline, latencies, done })
    })
  }

  #loop(
    socket: Socket,
    at: number,
    until: { readonly deadline: number; readonly latencies: number[]; readonly done: () => void },
  ): void {
    const send = (): void => {
      const write = this.#next(at)
      const sent = performance.now()
      socket.emit(write.event, write.payload, (answer: Answer) => {
        const now = performance.now()
        until.latencies.push(now - sent)
        if (!write.isRight(answer)) this.#wait.fail(unexpected(answer))
        else if (now < until.deadline) send()
        else until.done()
      })
    }
    send()
  }

  #next(at: number): Write {
    const { session, visit } = this.#turns.next(at)
    const { spread, operation } = this.#job.contender
    const sid = spread === 'even' ? sessionId(session) : (this.#sessions[at] ?? '')
    return operation === 'patch' ? this.#patch(at, sid, visit) : this.#replace(at, sid, visit)
  }

  #patch(at: number, sid: string, visit: number): Write {
    const serial = (this.#serials[at] ?? 0) + 1
    this.#serials[at] = serial
    const { server } = this.#job.contender
    return {
      event: 'patch-metadata',
      payload: { sid, patch: lifecycleChange(visit), mutationId: mutationId(at, serial) },
      isRight: ({ result, version, changed }) =>
        result === 'success' &&
        changed?.length === CHANGED_FIELDS &&
        (server === 'ack-only' || this.#isNext(version, visit)),
    }
  }

  /** A session that was made here begins with version 1; to some that were filled in something has happened already. */
  #isNext(version: number | undefined, visit: number): boolean {
    const least = visit + 2
    return version === least || (isFilled(this.#job.contender) && version !== undefined && version > least)
  }

  /** Each write of a session makes one version, and a session begins with version 1. */
  #replace(at: number, sid: string, visit: number): Write {
    const change = lifecycleChange(visit)
    const { server } = this.#job.contender
    return {
      event: 'update-metadata',
      payload: { sid, expectedVersion: visit + 1, metadata: { ...this.#documents[at], ...change } },
      isRight: ({ result, version, metadata }) =>
        result === 'success' &&
        (server === 'ack-only' ||
          (version === visit + 2 && metadata?.['archiveReason'] === change['archiveReason'])),
    }
  }
}

async function sessionFor(job: LoadJob, index: number): Promise<string> {
  const { contender } = job
  if (contender.server === 'ack-only' || isFilled(contender)) return sessionId(index)
  return makeSession(job, index, contender.documentBytes)
}
