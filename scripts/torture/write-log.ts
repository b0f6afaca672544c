import type { Json, JsonObject } from '@holdfast/shared/metadata/json'

interface OperationBase {
  /** Unique; also the mutation id, where the operation takes one, and the reason in the journal. */
  readonly id: string
  readonly namespace: string
  readonly session: string
  /** Operations with the same number were submitted together and must share their fate. */
  readonly batch?: number
}

/** One write, complete enough to be sent again. */
export type Operation = OperationBase &
  (
    | { readonly kind: 'create'; readonly metadata: JsonObject }
    | { readonly kind: 'replace'; readonly expected: number; readonly metadata: JsonObject }
    | { readonly kind: 'patch'; readonly patch: JsonObject }
    | { readonly kind: 'clear'; readonly flavor: string }
    | { readonly kind: 'put-back'; readonly flavor: string; readonly value: string }
    | { readonly kind: 'restore'; readonly version: number; readonly fields?: readonly string[] }
  )

/** Operations that carry a mutation id, so that they can be sent again without fear. */
export type RepeatableOperation = Exclude<Operation, { kind: 'create' | 'replace' }>

export function isRepeatable(op: Operation): op is RepeatableOperation {
  return op.kind !== 'create' && op.kind !== 'replace'
}

export interface Ack {
  readonly id: string
  readonly version: number
  /** The version is this write's own. */
  readonly effective: boolean
  /** What the answer says of token fields at that version; null for one that is not there. */
  readonly tokens: { readonly [field: string]: string | null }
}

interface ShownBase {
  readonly namespace: string
  readonly session: string
  readonly version: number
}

/** A whole document, as an answer or an event showed it at a version. */
export type ShownDocument = ShownBase & { readonly e: 'shown'; readonly metadata: Json }

/** What a subscriber was told that one version changed. */
export type ToldChange = ShownBase & {
  readonly e: 'told'
  readonly set: JsonObject
  readonly removed: readonly string[]
}

/** What a writer says, a line each. It survives the writer: the lines are in the file before the next thing happens. */
export type LogEvent =
  | { readonly e: 'open'; readonly library: string }
  | { readonly e: 'sent'; readonly op: Operation }
  | { readonly e: 'ack'; readonly ack: Ack }
  | { readonly e: 'declined'; readonly id: string; readonly code: string }
  | ShownDocument
  | ToldChange
  /** The store could not be opened. */
  | { readonly e: 'shut'; readonly code: string; readonly message: string }
  /** `failed` settled. */
  | { readonly e: 'failed'; readonly code: string }
  /** What a call that is not one of the operations was answered: a read, or one after the store had failed. */
  | {
      readonly e: 'called'
      readonly call: 'read' | 'late-read' | 'late-write' | 'close'
      readonly code: string
    }
  | { readonly e: 'end' }

export function logLine(event: LogEvent): string {
  return `${JSON.stringify(event)}\n`
}

/** A last line without its end was being written when the writer died: it was never said. */
export function parseLog(text: string): LogEvent[] {
  const lines = text.split('\n')
  lines.pop()
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as LogEvent)
}

/** Everything that was ever said about one database. */
export class WriteHistory {
  readonly operations = new Map<string, Operation>()
  readonly acks = new Map<string, Ack>()
  readonly declined = new Map<string, string>()
  readonly shown: (ShownDocument | ToldChange)[] = []
  /** Answers that contradict an earlier one to the same id. */
  readonly contradictions: string[] = []

  add(events: readonly LogEvent[]): void {
    for (const event of events) {
      if (event.e === 'sent') this.operations.set(event.op.id, event.op)
      else if (event.e === 'declined') this.declined.set(event.id, event.code)
      else if (event.e === 'ack') this.#addAck(event.ack)
      else if (event.e === 'shown' || event.e === 'told') this.shown.push(event)
    }
  }

  #addAck(ack: Ack): void {
    const before = this.acks.get(ack.id)
    if (before !== undefined && before.version !== ack.version) {
      this.contradictions.push(
        `${ack.id} was answered version ${before.version}, and then version ${ack.version}`,
      )
    }
    if (before === undefined || ack.effective) this.acks.set(ack.id, ack)
  }

  /** Sent, and nobody knows whether it happened: the writer died, or was told that the outcome is unknown. */
  unsettled(): Operation[] {
    return [...this.operations.values()].filter(({ id }) => {
      const code = this.declined.get(id)
      return !this.acks.has(id) && (code === undefined || code === 'outcome_unknown')
    })
  }
}
