import type { Spread } from './statistics.ts'

export type Unit = 'writes/s' | 'acks/s' | 'events/s' | 'ms' | 's' | 'KB'

/** One measured number of the report. */
export interface Figure {
  readonly name: string
  /** Figures of one block stand together. */
  readonly block: string
  readonly unit: Unit
  readonly value: Spread
  /** How long it took until a write was acknowledged, where that was looked at. */
  readonly latencyMs?: { readonly p50: number; readonly p99: number }
  /** Processor time of one write, all threads of its process. */
  readonly cpuMicros: { readonly user: number; readonly system: number } | null
  /** How much of a core the server took, the process of its clients, and all other programs of the machine. */
  readonly busy?: { readonly server: number; readonly load: number; readonly others: number }
  readonly ratios: readonly { readonly value: number; readonly word: string }[]
  /** Chooses its colour in the picture. */
  readonly family: 'holdfast' | 'worker' | 'column' | 'bare' | 'index' | 'ack-only' | 'peer'
}

export interface Section {
  readonly title: string
  readonly about: string
  readonly figures: readonly Figure[]
}

export function numberText(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en-US')
  return value.toFixed(value >= 10 ? 1 : 2)
}

/** In a table, where what is counted stands in the first column. */
export function valueText(value: number, unit: Unit): string {
  return `${numberText(value)} ${unit.endsWith('/s') ? '/s' : unit}`
}

export function ratioText({ value, word }: { value: number; word: string }): string {
  return `${value.toFixed(value >= 10 ? 1 : 2)} x ${word}`
}
