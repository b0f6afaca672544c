/** One thing to measure: which store, how it is used, and on what. It is handed to a process of its own as JSON. */
export interface Variant {
  /** Shown in the table; no two are alike. */
  readonly name: string
  readonly runtime: Runtime
  readonly engine: Engine
  readonly operation: 'patch' | 'replace'
  /** The size of each session's document as JSON. */
  readonly documentBytes: number
  /** How many write at once; each waits for its answer before it sends the next. */
  readonly writers: number
  readonly sessions: number
  /** `own`: a writer stays with its session. `even`: the writes go round all sessions, in an order that jumps about. */
  readonly spread: 'own' | 'even'
  readonly door: Door
  /** Calls that go to the worker in one message; 0 for all that come in one turn of the event loop. */
  readonly callsPerMessage: number
}

export type Runtime = 'node' | 'bun'

/**
 * `worker`: the same store on a thread of its own. `column`: one JSON column, read, changed and written whole. `bare`:
 * the statements of a patch and nothing else.
 */
export type Engine = 'holdfast' | 'worker' | 'column' | 'bare'

/**
 * What the event loop does beside the store for each request. `json`: it parses the request and writes the answer and
 * the event that follows it. `socket`: that, and as much computing as a socket server spends on a message.
 */
export type Door = 'none' | 'json' | 'socket'

const USUAL: Omit<Variant, 'name'> = {
  runtime: 'node',
  engine: 'holdfast',
  operation: 'patch',
  documentBytes: 2_000,
  writers: 64,
  sessions: 64,
  spread: 'own',
  door: 'none',
  callsPerMessage: 0,
}

/** Four-field patches by 64 writers on 64 documents of 2 KB, unless it is said otherwise. */
export function variant(name: string, differs: Partial<Variant> = {}): Variant {
  return { ...USUAL, ...differs, name }
}

/** The size of the sessions of a store that holds many. */
export const SMALL_DOCUMENT = 400

export interface Round {
  readonly writes: number
  readonly seconds: number
  readonly userMicros: number
  readonly systemMicros: number
}

/** What a process says of itself once it is ready. */
export interface About {
  readonly runtime: string
  readonly library: string
  readonly sqlite: string
}
