import { must } from '@holdfast/shared/errors/assert'
import type { LiveSession } from '@holdfast/shared/protocol/released/session-for-released-client'
import type { ConnectionId } from './presence.ts'

/** One thing that connections say is alive. */
interface Life {
  activeAt: number
  thinkingAt: number | null
  readonly alive: Set<ConnectionId>
  readonly thinking: Set<ConnectionId>
  /** Told once, when nobody says any more that it is alive. */
  readonly waiting: Set<() => void>
}

const NEVER: LiveSession = { active: false, activeAt: null, thinking: false, thinkingAt: null }

/** Who says what is alive, of one kind of thing, by key. Every word costs the same, however many things there are. */
export class Liveness {
  readonly #remembered: number
  readonly #changed: (key: string) => void
  readonly #active = new Map<string, Life>()
  /** What is not alive any more, in the order in which it ended. */
  readonly #past = new Map<string, Life>()
  /** The keys each connection spoke of; false where it said that the thing ended. */
  readonly #said = new Map<ConnectionId, Map<string, boolean>>()

  /**
   * `remembered`: of how many things it is known when they were last alive, once they are not. `changed` is called when
   * one has become active or is not any more, and when it begins or ends to think; it must not throw.
   */
  constructor(remembered: number, changed: (key: string) => void) {
    this.#remembered = remembered
    this.#changed = changed
  }

  /** What is alive now. */
  active(): Iterable<string> {
    return this.#active.keys()
  }

  alive(
    key: string,
    connection: ConnectionId,
    word: { readonly thinking: boolean; readonly at: number },
  ): void {
    const said = this.#saidBy(connection)
    if (said.get(key) === false) return
    said.set(key, true)
    const life = this.#active.get(key) ?? this.#awaken(key, word.at)
    const before = stateOf(life)
    life.alive.add(connection)
    life.activeAt = word.at
    if (word.thinking) {
      life.thinking.add(connection)
      life.thinkingAt = word.at
    } else {
      life.thinking.delete(connection)
    }
    if (stateOf(life) !== before) this.#changed(key)
  }

  /** The connection says that it ended; it is not believed again when it says that it is alive. */
  ended(key: string, connection: ConnectionId): void {
    this.#saidBy(connection).set(key, false)
    this.#leave(key, connection)
  }

  disconnected(connection: ConnectionId): void {
    const said = this.#said.get(connection)
    if (said === undefined) return
    this.#said.delete(connection)
    for (const key of said.keys()) this.#leave(key, connection)
  }

  of(key: string): LiveSession {
    const life = this.#active.get(key) ?? this.#past.get(key)
    if (life === undefined) return NEVER
    const { activeAt, thinkingAt } = life
    return { active: life.alive.size > 0, activeAt, thinking: life.thinking.size > 0, thinkingAt }
  }

  /** Calls back once, as soon as nobody says any more of a thing that it is alive; the answer takes that back. */
  onInactive(key: string, listener: () => void): () => void {
    const { waiting } = must(this.#active.get(key), 'only what is alive can end')
    waiting.add(listener)
    return () => void waiting.delete(listener)
  }

  #saidBy(connection: ConnectionId): Map<string, boolean> {
    const known = this.#said.get(connection)
    if (known !== undefined) return known
    const said = new Map<string, boolean>()
    this.#said.set(connection, said)
    return said
  }

  #awaken(key: string, at: number): Life {
    const life = this.#past.get(key) ?? {
      activeAt: at,
      thinkingAt: null,
      alive: new Set(),
      thinking: new Set(),
      waiting: new Set(),
    }
    this.#past.delete(key)
    this.#active.set(key, life)
    return life
  }

  #leave(key: string, connection: ConnectionId): void {
    const life = this.#active.get(key)
    if (life === undefined) return
    const before = stateOf(life)
    life.alive.delete(connection)
    life.thinking.delete(connection)
    if (life.alive.size === 0) this.#end(key, life)
    if (stateOf(life) !== before) this.#changed(key)
  }

  #end(key: string, life: Life): void {
    this.#active.delete(key)
    this.#past.set(key, life)
    this.#forgetOldest()
    const waiting = [...life.waiting]
    life.waiting.clear()
    for (const told of waiting) told()
  }

  #forgetOldest(): void {
    if (this.#past.size <= this.#remembered) return
    for (const oldest of this.#past.keys()) {
      this.#past.delete(oldest)
      return
    }
  }
}

/** What others are told of, in one number. */
function stateOf({ alive, thinking }: Life): number {
  if (alive.size === 0) return 0
  return thinking.size === 0 ? 1 : 2
}
