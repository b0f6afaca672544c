import type { Connection } from './connection.ts'

/** Sends the ack. A second call does nothing. */
export type Reply = (...answer: readonly unknown[]) => void

/** One event as it came in. */
export interface Arrived {
  readonly payload: unknown
  /** How many arguments it has beside the ack; every message is exactly one. */
  readonly count: number
  /** Null where no ack is asked for. */
  readonly reply: Reply | null
}

/** Carries an event out and answers it. What it rejects with is a bug, and ends nothing. */
export type EventHandler<From = Connection> = (from: From, arrived: Arrived) => void | Promise<void>
