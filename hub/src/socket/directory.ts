import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import { idSchema } from '@holdfast/shared/records/ids'
import type { Store } from '../store/store.ts'
import { SOCKET_LIMITS } from './socket-limits.ts'

export type Scope = 'session' | 'machine'

const NOT_THERE = {
  session: refuse('session_not_found', 'There is no such session.'),
  machine: refuse('machine_not_found', 'There is no such machine.'),
}

/** The same for what is another tenant's. */
export function notThere(scope: Scope): Refusal {
  return NOT_THERE[scope]
}

/**
 * Which sessions and machines are in the namespace of a connection. What is there stays there, so that each is looked up
 * once however often it says that it is alive.
 */
export class Directory {
  readonly #store: Store
  readonly #namespace: string
  readonly #known = { session: new Set<string>(), machine: new Set<string>() }

  constructor(store: Store, namespace: string) {
    this.#store = store
    this.#namespace = namespace
  }

  /** Without a look-up; false says nothing. */
  isKnown(scope: Scope, id: string): boolean {
    return this.#known[scope].has(id)
  }

  note(scope: Scope, id: string): void {
    const known = this.#known[scope]
    if (known.size >= SOCKET_LIMITS.known) known.clear()
    known.add(id)
  }

  async has(scope: Scope, id: string): Promise<boolean> {
    if (this.isKnown(scope, id)) return true
    if (!idSchema.safeParse(id).success) return false
    const isThere = await this.#lookUp(scope, id)
    if (isThere) this.note(scope, id)
    return isThere
  }

  async #lookUp(scope: Scope, id: string): Promise<boolean> {
    const namespace = this.#namespace
    if (scope === 'session') return this.#store.hasSession({ namespace, session: id })
    return (await this.#store.readMachine({ namespace, machine: id })) !== null
  }
}
