import type { Runtime } from '../variant.ts'

/** One server under load: which, what is sent to it, and on what. The load process gets it as JSON. */
export interface Contender {
  /** Shown in the table; no two of a group are alike. */
  readonly name: string
  readonly server: ServerKind
  /** What our own servers run on; the peer's program brings its own. */
  readonly runtime: Runtime
  readonly operation: Operation
  /** The size of each session's document as JSON. */
  readonly documentBytes: number
  readonly sessions: number
  /** `own`: a socket stays with its session. `even`: the writes go round all sessions, in an order that jumps about. */
  readonly spread: 'own' | 'even'
}

/** `ack-only`: our own front door on our own engine, and behind it a handler that only answers. */
export type ServerKind = 'holdfast' | 'ack-only' | 'peer'

/** `patch`: four fields. `replace`: the whole document with the same four changed, as released clients send it. */
export type Operation = 'patch' | 'replace'

/** Each waits for its ack before it sends the next write. */
export const SOCKETS = 64

const USUAL: Omit<Contender, 'name'> = {
  server: 'holdfast',
  runtime: 'node',
  operation: 'patch',
  documentBytes: 2_000,
  sessions: SOCKETS,
  spread: 'own',
}

export function contender(name: string, differs: Partial<Contender>): Contender {
  return { ...USUAL, ...differs, name }
}

/** One with more sessions than sockets runs on a database that was filled before. */
export function isFilled({ sessions }: Contender): boolean {
  return sessions > SOCKETS
}
