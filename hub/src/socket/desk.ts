import type { ErrorCode } from '@holdfast/shared/errors/codes'
import { HoldfastError, refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import { ImplicitRuns } from '../runs/implicit-runs.ts'
import type { Complaint, Connection } from './connection.ts'
import { noCounts } from './socket-counts.ts'
import type { SocketDoorParts } from './socket-door.ts'
import { SOCKET_LIMITS } from './socket-limits.ts'

/** How often one kind of failure is written to the log: a full disk fails every write of everybody. */
const SAME_LINE_MS = 10_000

/** What the handlers of all events share: the parts of the hub, what is counted, and what is under way. */
export class Desk {
  readonly parts: SocketDoorParts
  readonly counts = noCounts()
  readonly implicitRuns: ImplicitRuns
  #isDraining = false
  #underWay = 0
  #settled: (() => void)[] = []
  readonly #loggedAt = new Map<ErrorCode, number>()

  constructor(parts: SocketDoorParts) {
    this.parts = parts
    const { runs, kills } = parts
    this.implicitRuns = new ImplicitRuns({ runs, kills, failed: (error) => void this.failed(error) })
  }

  get isDraining(): boolean {
    return this.#isDraining
  }

  /** Takes on a write, which must be followed by `end`; false where the connection has too many under way. */
  begin(connection: Connection): boolean {
    if (connection.writes >= SOCKET_LIMITS.writes) {
      this.counts.overLimit += 1
      return false
    }
    connection.writes += 1
    this.#underWay += 1
    this.counts.writes += 1
    return true
  }

  /** The write was answered. */
  end(connection: Connection): void {
    connection.writes -= 1
    this.#underWay -= 1
    if (this.#underWay > 0) return
    for (const resolve of this.#settled.splice(0)) resolve()
  }

  drain(): Promise<void> {
    this.#isDraining = true
    if (this.#underWay === 0) return Promise.resolve()
    return new Promise((resolve) => this.#settled.push(resolve))
  }

  /** Something was declined. */
  refused({ code }: Refusal): void {
    this.counts.refused += 1
    this.#countCode(code)
  }

  #countCode(code: ErrorCode): void {
    this.counts.codes[code] = (this.counts.codes[code] ?? 0) + 1
  }

  /** Declines an event that asks for no ack. */
  complain(connection: Connection, complaint: Complaint): void {
    this.refused(complaint.refusal)
    if (!connection.complain(complaint)) this.counts.overLimit += 1
  }

  /** What could not be done, as the caller is told of it. What is no error of ours to tell is a bug, and only logged. */
  failed(error: unknown): Refusal {
    this.counts.failed += 1
    const { log, now } = this.parts
    if (!(error instanceof HoldfastError)) {
      log.error('a socket event met a bug', error)
      this.#countCode('internal')
      return refuse('internal', 'The hub met an error of its own. Try again; if it stays, read its log.')
    }
    this.#countCode(error.code)
    const at = now()
    const before = this.#loggedAt.get(error.code)
    if (before === undefined || Math.abs(at - before) >= SAME_LINE_MS) {
      this.#loggedAt.set(error.code, at)
      log.warn('a socket event failed', { code: error.code, failed: this.counts.failed })
    }
    return refuse(error.code, error.message)
  }
}
