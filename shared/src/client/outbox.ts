import { HoldfastError } from '../errors/holdfast-error.ts'
import type { Json } from '../metadata/json.ts'
import { backoffMs, type BackoffRange } from './backoff.ts'
import { applyChanges } from './fields.ts'
import { isPassing, isStopping } from './hub-error.ts'
import type { Link } from './link.ts'
import type { Outside } from './outside.ts'
import type { SessionDocument } from './session-document.ts'
import type { Delivery, Write } from './writes/write.ts'

/** What may wait at most. A new write beyond that is refused; one that was accepted is never dropped for another. */
const MOST_WRITES = 1000
const MOST_BYTES = 4 * 1024 * 1024
/** So many may be without an answer at once; a hub takes more than that of one connection. */
const MOST_SENT = 32
/** A fault of the hub itself may pass, but not for ever with the same write. */
const MOST_FAULTS = 5
const BACKOFF: BackoffRange = { firstMs: 200, mostMs: 10_000 }

/** A write that the hub has taken: the version from which on it is true, and the fields that it changed. */
export interface Written {
  readonly version: number
  readonly changed: readonly string[]
}

export interface OutboxOwner {
  /** The link to send over, while there is one. */
  link(): Link | null
  /** The hub gave a definite answer. */
  onAnswered(): void
  /** A write got no answer: the link is not to be trusted any more. */
  onUnanswered(): void
  /** The hub will take nothing of this client. */
  onStopped(error: HoldfastError): void
  /** A write waits behind all others. */
  onAdded(write: Write): void
  /** What waits, or what is confirmed, is not what it was. */
  onChanged(): void
}

export interface OutboxParts {
  readonly outside: Outside
  readonly document: SessionDocument
  readonly owner: OutboxOwner
}

interface Entry {
  readonly write: Write
  readonly resolve: (written: Written) => void
  readonly reject: (error: Error) => void
  /** It waits for its ack on the link that is up now. */
  isSent: boolean
  /** It was sent and nobody knows whether it was taken. */
  isDoubtful: boolean
  /** How often the hub failed on it. */
  faults: number
  cancelGiveUp: () => void
}

/**
 * Writes that the hub has not answered, in the order in which they were made. Several are under way at once, but of those
 * that move the same field only one, so that one which the hub puts off is not overtaken there. A lost ack or a lost
 * connection leaves a write where it is, to be sent again as the same mutation.
 */
export class Outbox {
  readonly #parts: OutboxParts
  #entries: readonly Entry[] = []
  #bytes = 0
  /** How often the hub has put something off since it last took a write. */
  #postponements = 0
  /** Not null while nothing is sent because the hub put something off. */
  #cancelHold: (() => void) | null = null
  #isPumping = false
  #isPumpNeeded = false

  constructor(parts: OutboxParts) {
    this.#parts = parts
  }

  /** Makes of the fields what they will be once everything that waits has taken effect. */
  applyTo(fields: Map<string, Json>): void {
    for (const { write } of this.#entries) applyChanges(fields, write.changesOn(fields) ?? [])
  }

  add(write: Write, giveUpAfterMs: number | null): Promise<Written> {
    if (this.#entries.length >= MOST_WRITES || this.#bytes + write.bytes > MOST_BYTES)
      return Promise.reject(new HoldfastError('overloaded', full(this.#entries.length, this.#bytes)))
    return new Promise((resolve, reject) => {
      const entry: Entry = {
        write,
        resolve,
        reject,
        isSent: false,
        isDoubtful: false,
        faults: 0,
        cancelGiveUp: () => undefined,
      }
      this.#entries = [...this.#entries, entry]
      this.#bytes += write.bytes
      if (giveUpAfterMs !== null)
        entry.cancelGiveUp = this.#parts.outside.after(giveUpAfterMs, () => this.#giveUp(entry))
      this.#parts.owner.onAdded(write)
      this.pump()
    })
  }

  /** Sends what may be sent now. What is added on the way, by whoever is told of something, has its turn in the end. */
  pump(): void {
    this.#isPumpNeeded = true
    if (this.#isPumping) return
    this.#isPumping = true
    while (this.#isPumpNeeded) {
      this.#isPumpNeeded = false
      this.#startSome()
    }
    this.#isPumping = false
  }

  /** The link is gone, and with it the acks that were to come. */
  lost(): void {
    for (const entry of this.#entries) entry.isSent = false
  }

  /** Ends everything that waits. */
  end(error: HoldfastError): void {
    this.#cancelHold?.()
    for (const entry of this.#entries) this.#fail(entry, entry.isDoubtful ? unknownOutcome(error) : error)
  }

  /** Sends in order, up to the first that has to wait. */
  #startSome(): void {
    // What the writes ahead, sent and without an answer, move; and how many they are.
    const moving = new Set<string>()
    let sent = 0
    for (const entry of this.#entries) {
      const { touches } = entry.write
      if (!entry.isSent) {
        const isBlocked = touches === 'all' ? sent > 0 : [...touches].some((field) => moving.has(field))
        if (isBlocked || sent >= MOST_SENT || !this.#start(entry)) return
      }
      sent++
      if (touches === 'all') return
      for (const field of touches) moving.add(field)
    }
  }

  /** False where all after it has to wait for now. */
  #start(entry: Entry): boolean {
    const link = this.#parts.owner.link()
    if (link === null || this.#cancelHold !== null) return false
    const step = this.#nextOf(entry)
    if (step === 'wait') return false
    if (step === null) {
      this.#isPumpNeeded = true
      this.#parts.owner.onChanged()
      return false
    }
    void this.#send(entry, link, step)
    return true
  }

  /** Null where it came to its end without being sent. */
  #nextOf(entry: Entry): Delivery | 'wait' | null {
    const { document } = this.#parts
    try {
      const step = entry.write.next(document)
      if (step !== 'nothing') return step
      this.#remove(entry)
      entry.resolve({ version: document.confirmed?.version ?? 0, changed: [] })
    } catch (error) {
      this.#fail(
        entry,
        error instanceof Error ? error : new Error('A patch could not be made.', { cause: error }),
      )
    }
    return null
  }

  async #send(entry: Entry, link: Link, deliver: Delivery): Promise<void> {
    const { owner } = this.#parts
    const isCurrent = (): boolean => owner.link() === link
    entry.isSent = true
    entry.isDoubtful = true
    let answer: unknown
    try {
      answer = await deliver(link)
    } catch {
      // Whether the hub took it is not known: it stays, and is sent again over another link.
      if (isCurrent()) owner.onUnanswered()
      return
    }
    if (isCurrent()) this.#answered(entry, answer)
  }

  #answered(entry: Entry, ack: unknown): void {
    const { document, owner } = this.#parts
    entry.isSent = false
    owner.onAnswered()
    const answer = entry.write.answerIn(ack)
    switch (answer.kind) {
      case 'done':
        this.#postponements = 0
        document.acked(answer.version, answer.changed, (fields) => entry.write.changesOn(fields))
        this.#remove(entry)
        entry.resolve({ version: answer.version, changed: answer.changed })
        break
      case 'mismatch':
        this.#mismatched(entry, answer.version)
        break
      case 'refused':
        this.#refused(entry, answer.error)
        break
      case 'unreadable':
        document.doubt()
        this.#fail(entry, unknownOutcome(null))
        break
    }
    owner.onChanged()
    this.pump()
  }

  #mismatched(entry: Entry, version: number): void {
    const { document } = this.#parts
    entry.isDoubtful = false
    document.heardOf(version)
    const error = entry.write.mismatched(version, document)
    if (error !== null) this.#fail(entry, error)
  }

  #refused(entry: Entry, error: HoldfastError): void {
    const { owner } = this.#parts
    entry.isDoubtful = error.code === 'outcome_unknown'
    if (error.code === 'internal') entry.faults++
    if (isPassing(error) && entry.faults < MOST_FAULTS) return this.#hold()
    this.#fail(entry, error)
    if (isStopping(error)) owner.onStopped(error)
  }

  /** Nothing is sent for a while: what the hub puts off once it would put off again at once. */
  #hold(): void {
    if (this.#cancelHold !== null) return
    const { outside } = this.#parts
    this.#postponements++
    this.#cancelHold = outside.after(backoffMs(this.#postponements, BACKOFF, outside.random()), () => {
      this.#cancelHold = null
      this.pump()
    })
  }

  #giveUp(entry: Entry): void {
    const { owner } = this.#parts
    const error = new HoldfastError(
      'hub_unreachable',
      'The hub did not take the change in the time it was given.',
    )
    this.#fail(entry, entry.isDoubtful ? unknownOutcome(error) : error)
    owner.onChanged()
    this.pump()
  }

  #fail(entry: Entry, error: Error): void {
    this.#remove(entry)
    entry.reject(error)
  }

  #remove(entry: Entry): void {
    entry.cancelGiveUp()
    if (!this.#entries.includes(entry)) return
    this.#entries = this.#entries.filter((other) => other !== entry)
    this.#bytes -= entry.write.bytes
  }
}

function unknownOutcome(cause: HoldfastError | null): HoldfastError {
  const message = 'The hub was asked, and whether it took the change is not known. Read the session to see.'
  return new HoldfastError('outcome_unknown', message, { cause })
}

function full(writes: number, bytes: number): string {
  return `${writes} changes (${bytes} bytes) wait for the hub already; no more are taken until some are through.`
}
