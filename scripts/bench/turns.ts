/** Which session is written next, and how often it has been written before. */
export interface Turn {
  readonly session: number
  readonly visit: number
}

export interface TurnsOf {
  readonly sessions: number
  readonly writers: number
  /** `own`: a writer stays with its session. `even`: the writes go round all sessions, in an order that jumps about. */
  readonly spread: 'own' | 'even'
}

/** The sessions of a closed loop of writers, one after the other. */
export class Turns {
  readonly #of: TurnsOf
  readonly #stride: number
  readonly #visits: number[]
  #place = 0
  #taken = 0

  constructor(of: TurnsOf) {
    this.#of = of
    this.#stride = strideFor(of.sessions)
    this.#visits = Array.from({ length: of.writers }, () => 0)
  }

  /** The session that a writer stays with, where writers do. */
  ownOf(writer: number): number {
    return Math.floor((writer * this.#of.sessions) / this.#of.writers)
  }

  next(writer: number): Turn {
    const { spread, sessions } = this.#of
    if (spread === 'own') {
      const visit = this.#visits[writer] ?? 0
      this.#visits[writer] = visit + 1
      return { session: this.ownOf(writer), visit }
    }
    const visit = Math.floor(this.#taken / sessions)
    this.#taken += 1
    this.#place = (this.#place + this.#stride) % sessions
    return { session: this.#place, visit }
  }
}

/** A step that visits every session before it comes to one again, and never a neighbour next. */
function strideFor(sessions: number): number {
  const divides = (a: number, b: number): number => (b === 0 ? a : divides(b, a % b))
  let stride = Math.max(1, Math.floor(sessions * 0.618))
  while (divides(sessions, stride) !== 1) stride += 1
  return stride
}
