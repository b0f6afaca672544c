import type { HoldfastError } from '../errors/holdfast-error.ts'

/**
 * One connection to the hub. It is used once: it comes up at most once, and what went down stays down. Nothing that is
 * given to it waits for a later connection.
 */
export interface Link {
  /**
   * Resolves with the ack. It rejects when none came in time or the connection ended; then nobody here knows whether
   * the hub took it.
   */
  ask(event: string, payload: object | undefined, timeoutMs: number): Promise<unknown>
  /** Says something that asks for no ack. Not said at all unless the link is up. */
  tell(event: string, payload: object): void
  /** The same, and dropped as well where it would have to wait for the network. */
  tellNow(event: string, payload: object): void
  /** Nothing is heard from it after this. */
  close(): void
}

/** Whoever dialled. Nothing of it is called before `dial` has returned. */
export interface LinkListener {
  onUp(): void
  /** `why` is the hub's own word where it refused the connection, and `hub_unreachable` for everything else. */
  onDown(why: HoldfastError): void
  /** `reply` answers an event that asks for an ack, and does nothing for the others. */
  onEvent(event: string, payload: unknown, reply: (answer: unknown) => void): void
}

/** Begins to open a link. */
export type Dial = (listener: LinkListener) => Link
