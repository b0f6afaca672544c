import type { RunEndedBy, RunKind, RunRecord, RunState } from '@holdfast/shared/records/run'

/** How long a resume may take until its agent confirms; nothing that is heard makes it longer. */
const UNCONFIRMED_MS = 120_000

/** A run, as far as the answers of the store tell. */
export class KnownRun {
  readonly id: string
  readonly session: string
  readonly kind: RunKind
  readonly machineId: string | null
  /** The later one began later. */
  readonly order: number
  /** The runs of its session that were over when it began. */
  readonly overBefore: ReadonlySet<string>
  /** Every token that it carried and that its agent knew. */
  readonly carried = new Set<string>()
  /** Those that its agent did not know too. */
  readonly had = new Set<string>()
  readonly #begunAt: number
  #flavor: string | null
  #token: string | null = null
  #state: RunState
  #endedBy: RunEndedBy | null = null
  #endedAt: number | null = null
  #heardAt: number

  constructor(record: RunRecord, { order, now, overBefore }: Begun) {
    this.id = record.id
    this.session = record.session
    this.kind = record.kind
    this.machineId = record.machineId
    this.order = order
    this.overBefore = overBefore
    this.#begunAt = now
    this.#heardAt = now
    this.#flavor = record.flavor
    this.#state = record.state
    this.told(record)
  }

  get flavor(): string | null {
    return this.#flavor
  }

  get token(): string | null {
    return this.#token
  }

  get state(): RunState {
    return this.#state
  }

  get endedBy(): RunEndedBy | null {
    return this.#endedBy
  }

  get endedAt(): number | null {
    return this.#endedAt
  }

  get isUnconfirmed(): boolean {
    return this.#state === 'attempt' || this.#state === 'starting'
  }

  get isLive(): boolean {
    return this.isUnconfirmed || this.#state === 'running'
  }

  /** What the store says of it now. */
  told({ flavor, token, state, endedBy, endedAt }: RunRecord): void {
    this.#flavor = flavor
    this.#token = token
    this.#state = state
    this.#endedBy = endedBy
    this.#endedAt = endedAt
    if (token === null) return
    this.carried.add(token)
    this.had.add(token)
  }

  heard(now: number): void {
    this.#heardAt = now
  }

  /** Until when nobody else may be let in, by a hub that has run since `hubStart`. */
  leaseEnd(leaseMs: number, hubStart: number): number {
    if (this.isUnconfirmed) return Math.max(this.#begunAt, hubStart) + UNCONFIRMED_MS
    return Math.max(this.#heardAt, hubStart) + leaseMs
  }
}

export interface Begun {
  readonly order: number
  readonly now: number
  readonly overBefore: ReadonlySet<string>
}
