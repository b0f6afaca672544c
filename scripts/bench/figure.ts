import type { Spread } from './statistics.ts'

/** One measured number of the report. */
export interface Figure {
  readonly name: string
  /** Figures of one block stand together. */
  readonly block: string
  readonly unit: 'writes/s' | 'ms'
  readonly value: Spread
  /** Processor time of one write, all threads of its process. */
  readonly cpuMicros: { readonly user: number; readonly system: number } | null
  readonly ratios: readonly { readonly value: number; readonly word: string }[]
  /** Chooses its colour in the picture. */
  readonly family: 'holdfast' | 'worker' | 'column' | 'bare'
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

export function ratioText({ value, word }: { value: number; word: string }): string {
  return `${value.toFixed(value >= 10 ? 1 : 2)} x ${word}`
}
