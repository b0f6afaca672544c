import { writeFileSync } from 'node:fs'
import type { Json, JsonObject } from '@holdfast/shared/metadata/json'
import type { Finding, FindingKind } from '../finding.ts'
import { logLine, type Ack, type LogEvent, type Operation } from '../write-log.ts'
import type { Called } from './door-socket.ts'
import { pause } from './pause.ts'
import type { Observation } from './version-order.ts'

/** A write that was sent and whose outcome is not known yet. */
export interface OpenWrite {
  readonly op: Operation
  readonly called: number
}

/** How the calls ended that were on their way at one moment. */
export type Endings = { [kind in Called['kind']]: number }

/** All documents are held against the journal while there are few, and then so many. */
const DOCUMENTS_WHOLE = 5000
const DOCUMENTS_ONE_IN = 8

/** Where a session is. */
export interface SessionPlace {
  readonly namespace: string
  readonly session: string
}

/**
 * What all the clients of one database did and saw, in the order in which it happened: they live in one process, so one
 * counter gives every call and every answer its tick.
 */
export class Ledger {
  readonly logFile: string
  readonly findings: Finding[] = []
  /** Definite answers that were no success, by their code. */
  readonly declined = new Map<string, number>()
  acks = 0
  shown = 0
  told = 0
  /** Of the calls that were on their way when `mark` was called. */
  endings: Endings = { answered: 0, cut: 0, silent: 0 }
  #marked = Number.POSITIVE_INFINITY
  #tick = 0
  #writes = 0
  readonly #observations: Observation[] = []
  readonly #open = new Map<string, OpenWrite>()
  #lines: string[] = []

  constructor(logFile: string) {
    this.logFile = logFile
  }

  /** Writes that were begun. */
  get writes(): number {
    return this.#writes
  }

  tick(): number {
    this.#tick += 1
    return this.#tick
  }

  mark(): void {
    this.#marked = this.tick()
    this.endings = { answered: 0, cut: 0, silent: 0 }
  }

  ended(called: number, { kind }: { readonly kind: Called['kind'] }): void {
    if (called < this.#marked && this.#marked < this.#tick) this.endings[kind] += 1
  }

  /** Resolves when so many writes are acknowledged; false where that does not come about in time. */
  async reaches(acks: number, withinMs: number): Promise<boolean> {
    const end = Date.now() + withinMs
    while (this.acks < acks && Date.now() < end) await pause(2)
    return this.acks >= acks
  }

  /** Before a write is sent for the first time. */
  begin(op: Operation): OpenWrite {
    const write = { op, called: this.tick() }
    this.#writes += 1
    this.#open.set(op.id, write)
    this.#say({ e: 'sent', op })
    return write
  }

  /** A second answer to the same write is logged too: it must not contradict the first. */
  acknowledge({ op, called }: OpenWrite, ack: Ack): void {
    this.#say({ e: 'ack', ack })
    if (!this.#open.delete(op.id)) return
    this.acks += 1
    const times = { called, returned: this.tick() }
    const kind = ack.effective ? 'write' : 'read'
    this.#observe({ kind, session: nameOf(op), id: op.id, ...times, version: ack.version })
  }

  decline({ op, called }: OpenWrite, code: string, version?: number): void {
    this.#say({ e: 'declined', id: op.id, code })
    this.declined.set(code, (this.declined.get(code) ?? 0) + 1)
    this.#open.delete(op.id)
    if (version === undefined) return
    const times = { called, returned: this.tick() }
    this.#observe({ kind: 'read', session: nameOf(op), id: op.id, ...times, version })
  }

  isOpen(write: OpenWrite): boolean {
    return this.#open.has(write.op.id)
  }

  read(
    place: SessionPlace,
    by: { id: string; called: number },
    seen: { version: number; metadata: Json },
  ): void {
    this.#observe({
      kind: 'read',
      session: nameOf(place),
      ...by,
      returned: this.tick(),
      version: seen.version,
    })
    this.show(place, seen)
  }

  /** What an answer, or an event, shows a session to be. */
  show(
    { namespace, session }: SessionPlace,
    { version, metadata }: { version: number; metadata: Json },
  ): void {
    this.shown += 1
    if (this.shown <= DOCUMENTS_WHOLE || this.shown % DOCUMENTS_ONE_IN === 0)
      this.#say({ e: 'shown', namespace, session, version, metadata })
  }

  hear(place: SessionPlace, connection: string, version: number): void {
    this.told += 1
    this.#observe({ kind: 'told', session: nameOf(place), id: connection, returned: this.tick(), version })
  }

  hearChange(
    { namespace, session }: SessionPlace,
    change: { version: number; set: JsonObject; removed: readonly string[] },
  ): void {
    const { version, set, removed } = change
    this.#say({ e: 'told', namespace, session, version, set, removed })
  }

  find(kind: FindingKind, what: string): void {
    if (this.findings.length < 100) this.findings.push({ kind, what })
  }

  /** Everything so far; what is still open has an unknown outcome. */
  observations(): Observation[] {
    const unknown = { returned: Number.POSITIVE_INFINITY, version: null }
    const open = [...this.#open.values()].map(({ op, called }): Observation => ({
      kind: 'write',
      session: nameOf(op),
      id: op.id,
      called,
      ...unknown,
    }))
    return [...this.#observations, ...open]
  }

  /** Puts what was said since the last time into the log file. */
  flush(): void {
    writeFileSync(this.logFile, this.#lines.join(''), { flag: 'a' })
    this.#lines = []
  }

  #say(event: LogEvent): void {
    this.#lines.push(logLine(event))
  }

  #observe(observation: Observation): void {
    this.#observations.push(observation)
  }
}

function nameOf({ namespace, session }: SessionPlace): string {
  return `${namespace}/${session}`
}
