import { numberText, ratioText, type Figure, type Unit } from './figure.ts'

/** How fast something must be, and how fast it should be. */
export interface Goal {
  readonly what: string
  /** The figure that shows it. */
  readonly figure: string
  /** The word of the figure's ratio that counts; null where its own value does. */
  readonly ratio: string | null
  /** Of the figure's own value. */
  readonly unit?: Unit
  readonly floor: number
  readonly aim: number
  readonly better: 'higher' | 'lower'
}

/** A goal beside what was measured, in words. */
export interface Judged {
  readonly what: string
  readonly measured: string
  readonly floor: string
  readonly aim: string
  readonly verdict: 'aim reached' | 'floor reached' | 'missed' | 'not measured'
}

export function judge(goal: Goal, figures: readonly Figure[]): Judged {
  const figure = figures.find(({ name }) => name === goal.figure)
  const text = (value: number): string =>
    goal.ratio === null
      ? `${numberText(value)} ${goal.unit ?? ''}`.trim()
      : ratioText({ value, word: '' }).trim()
  const words = { what: goal.what, floor: text(goal.floor), aim: text(goal.aim) }
  const value = figure === undefined ? undefined : valueOf(goal, figure)
  if (value === undefined) return { ...words, measured: '', verdict: 'not measured' }
  return { ...words, measured: text(value), verdict: verdictOf(goal, value) }
}

function valueOf({ ratio }: Goal, { value, ratios }: Figure): number | undefined {
  return ratio === null ? value.median : ratios.find(({ word }) => word === ratio)?.value
}

function verdictOf({ floor, aim, better }: Goal, value: number): Judged['verdict'] {
  const reaches = (mark: number): boolean => (better === 'higher' ? value >= mark : value <= mark)
  if (reaches(aim)) return 'aim reached'
  return reaches(floor) ? 'floor reached' : 'missed'
}
