import { writeFileSync } from 'node:fs'
import type { Json, JsonObject } from '@holdfast/shared/metadata/json'
import type { Finding, FindingKind } from '../finding.ts'
import { logLine, type Ack, type LogEvent, type Operation } from '../write-log.ts'
import type { Called } from './door-socket.ts'
import { pause } from './pause.ts'
import type { Observation } from './version-order.ts'

/** A write that was sent and whose outcome is not known yet, in what has versions of its own. */
export interface OpenCall {
  readonly session: string
  readonly id: string
  readonly called: number
}

/** One that is also held against the journal. */
export interface OpenWrite extends OpenCall {
  readonly op: Operation
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

/** What a read shows. */
export interface SeenSession {
  readonly version: number
  readonly metadata: Json
  readonly stateVersion: number
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
  readonly #open = new Map<string, OpenCall>()
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
    this.#writes += 1
    this.#say({ e: 'sent', op })
    return { ...this.#call(nameOf(op), op.id), op }
  }

  /** A second answer to the same write is logged too: it must not contradict the first. */
  acknowledge(write: OpenWrite, ack: Ack): void {
    this.#say({ e: 'ack', ack })
    if (!this.isOpen(write)) return
    this.acks += 1
    this.#settle(write, ack.effective ? 'write' : 'read', ack.version)
  }

  /** Nothing was written; the version is what the answer says there is. */
  decline(write: OpenWrite, code: string, version?: number): void {
    this.#say({ e: 'declined', id: write.op.id, code })
    this.declined.set(code, (this.declined.get(code) ?? 0) + 1)
    if (version === undefined) this.#open.delete(write.id)
    else this.#settle(write, 'read', version)
  }

  isOpen({ id }: OpenCall): boolean {
    return this.#open.has(id)
  }

  /** Agent state has versions of its own and no journal: only their order is looked at. */
  beginState(place: SessionPlace, id: string): OpenCall {
    return this.#call(stateOf(place), id)
  }

  /** It was written at this version, or it was there before and nothing was written. */
  settleState(call: OpenCall, kind: 'write' | 'read', version: number): void {
    if (kind === 'write') this.acks += 1
    this.#settle(call, kind, version)
  }

  /** A new session's agent state is at version 1. */
  bornState(place: SessionPlace, { id, called }: OpenCall): void {
    const times = { called, returned: this.tick() }
    this.#observe({ kind: 'write', session: stateOf(place), id: `${id} state`, ...times, version: 1 })
  }

  read(place: SessionPlace, by: { id: string; called: number }, seen: SeenSession): void {
    const read = { kind: 'read', ...by, returned: this.tick() } as const
    this.#observe({ ...read, session: nameOf(place), version: seen.version })
    this.#observe({ ...read, session: stateOf(place), version: seen.stateVersion })
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
    this.#hear(nameOf(place), connection, version)
  }

  hearState(place: SessionPlace, connection: string, version: number): void {
    this.#hear(stateOf(place), connection, version)
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
    const unknown = { kind: 'write', returned: Number.POSITIVE_INFINITY, version: null } as const
    const open = [...this.#open.values()].map(({ session, id, called }): Observation => ({
      session,
      id,
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

  #hear(session: string, connection: string, version: number): void {
    this.told += 1
    this.#observe({ kind: 'told', session, id: connection, returned: this.tick(), version })
  }

  #call(session: string, id: string): OpenCall {
    const call = { session, id, called: this.tick() }
    this.#open.set(id, call)
    return call
  }

  #settle({ session, id, called }: OpenCall, kind: 'write' | 'read', version: number): void {
    this.#open.delete(id)
    this.#observe({ kind, session, id, called, returned: this.tick(), version })
  }

  #say(event: LogEvent): void {
    this.#lines.push(logLine(event))
  }

  #observe(observation: Observation): void {
    this.#observations.push(observation)
  }
}

function stateOf(place: SessionPlace): string {
  return `${nameOf(place)} state`
}

function nameOf({ namespace, session }: SessionPlace): string {
  return `${namespace}/${session}`
}
