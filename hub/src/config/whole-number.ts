import { printable } from '@holdfast/shared/protocol/printable'
import type { Reading } from './reading.ts'

const DIGITS = /^(?:0|[1-9][0-9]{0,15})$/

/** A number as people write it: no sign, no space, no fraction, no zero before it. */
export function wholeNumber(least: number, most: number): (text: string) => Reading<number> {
  return (text) => {
    const value = DIGITS.test(text) ? Number(text) : Number.NaN
    if (value >= least && value <= most) return { value }
    return {
      mistake: `must be a whole number from ${least} to ${most}, in digits only; it is "${printable(text)}".`,
    }
  }
}
