type Listener<Payload> = (payload: Payload) => void

/** Tells those who listen, in the order in which they came. A listener that throws keeps nobody else from hearing. */
export class TypedEmitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>()

  /** What it returns ends the listening. */
  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void {
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners)
    // Of its own, so that one function that listens twice is told twice.
    const own: Listener<Events[Name]> = (payload) => listener(payload)
    listeners.add(own)
    return () => {
      listeners.delete(own)
    }
  }

  emit<Name extends keyof Events>(name: Name, payload: Events[Name]): void {
    const listeners = this.#listeners.get(name) as ReadonlySet<Listener<Events[Name]>> | undefined
    for (const listener of new Set(listeners)) {
      try {
        listener(payload)
      } catch (error) {
        // It is the program's own mistake, and it must not be hidden; but what is told here must go on.
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }
}
