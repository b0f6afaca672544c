import type { Store } from '@holdfast/hub/store/store'
import { codeOf, perform } from './perform.ts'
import { below, chance, mixSeeds, pick, seeded, type Random } from './random.ts'
import { birth, patch, sparseBlob, USED } from './sample-metadata.ts'
import type { LogEvent, Operation } from './write-log.ts'

export interface WorkloadSettings {
  readonly seed: number
  /** Goes into every operation's id, so that no two runs on one database share one. */
  readonly run: string
  readonly writers: number
  /** Operations of each writer; it goes on until it is killed where this is null. */
  readonly operations: number | null
}

export const NAMESPACES = ['torture', 'torture-two'] as const
const SESSIONS = 8

export type Say = (event: LogEvent) => void

/** Several writers at once on shared sessions, until they have done their share, are killed, or the store stops. */
export async function runWorkload(store: Store, settings: WorkloadSettings, say: Say): Promise<void> {
  const writers = Array.from({ length: settings.writers }, (_, index) =>
    new Writer(store, { settings, index, say }).run(),
  )
  await Promise.all(writers)
}

class Writer {
  readonly #store: Store
  readonly #random: Random
  readonly #say: Say
  readonly #prefix: string
  readonly #limit: number
  #made = 0
  #stopped = false

  constructor(
    store: Store,
    { settings, index, say }: { settings: WorkloadSettings; index: number; say: Say },
  ) {
    this.#store = store
    this.#say = say
    this.#random = seeded(mixSeeds(settings.seed, index))
    this.#prefix = `${settings.run}-w${index}-`
    this.#limit = settings.operations ?? Number.POSITIVE_INFINITY
  }

  async run(): Promise<void> {
    while (!this.#stopped && this.#made < this.#limit) {
      const before = this.#made
      try {
        await this.#step()
      } catch (error) {
        // A read that fails where the store has stopped; every write's own outcome has been said.
        this.#say({ e: 'called', call: 'read', code: codeOf(error) })
        this.#stopped = true
      }
      if (this.#made === before) this.#made += 1
    }
  }

  async #step(): Promise<void> {
    const random = this.#random
    const namespace = pick(random, NAMESPACES)
    const session = `session-${below(random, SESSIONS)}`
    const known = await this.#store.readSession({ namespace, session })
    const base = { id: this.#newId(), namespace, session }
    if (known === null) return this.#send({ ...base, kind: 'create', metadata: birth(random, base.id) })
    const roll = random()
    if (roll < 0.45) return this.#send({ ...base, kind: 'patch', patch: patch(random, base.id) })
    if (roll < 0.55) return this.#sendTwice({ ...base, kind: 'patch', patch: patch(random, base.id) })
    if (roll < 0.77) {
      const metadata = sparseBlob(random, base.id)
      return this.#send({ ...base, kind: 'replace', expected: known.metadataVersion, metadata })
    }
    if (roll < 0.84) return this.#send({ ...base, kind: 'clear', flavor: pick(random, USED).flavor })
    if (roll < 0.91) return this.#putBack(base)
    if (roll < 0.95) return this.#send({ ...base, kind: 'restore', ...past(random, known.metadataVersion) })
    const fresh = `session-${this.#newId()}`
    return this.#send({ ...base, session: fresh, kind: 'create', metadata: birth(random, base.id) })
  }

  async #putBack(base: { id: string; namespace: string; session: string }): Promise<void> {
    const tokens = await this.#store.tokenHistory({ ...base, limit: 30 })
    if (tokens === null || tokens.items.length === 0) return
    const { flavor, value } = pick(this.#random, tokens.items)
    return this.#send({ ...base, kind: 'put-back', flavor, value })
  }

  #newId(): string {
    this.#made += 1
    return `${this.#prefix}${String(this.#made).padStart(8, '0')}`
  }

  /** As a client does that lost its connection and asks again over another one. */
  async #sendTwice(op: Operation): Promise<void> {
    await Promise.all([this.#send(op), this.#send(op)])
  }

  async #send(op: Operation): Promise<void> {
    const { stopped } = await sendAndSay(this.#store, op, this.#say)
    if (stopped) this.#stopped = true
  }
}

/** Says that it sends, sends, and says what came of it, each before anything else can happen. */
export async function sendAndSay(store: Store, op: Operation, say: Say): Promise<{ stopped: boolean }> {
  say({ e: 'sent', op })
  try {
    const done = await perform(store, op)
    if (done.kind === 'written') say({ e: 'ack', ack: done.ack })
    else say({ e: 'declined', id: op.id, code: done.code })
    return { stopped: false }
  } catch (error) {
    const code = codeOf(error)
    say({ e: 'declined', id: op.id, code })
    return { stopped: code !== 'storage_full' && code !== 'overloaded' }
  }
}

function past(random: Random, version: number): { version: number; fields?: readonly string[] } {
  const target = Math.max(1, version - below(random, 40))
  if (chance(random, 0.5)) return { version: target }
  return { version: target, fields: [pick(random, USED).tokenField, `field${below(random, 12)}`] }
}
