import { printable } from '@holdfast/shared/protocol/printable'
import type { Reading } from './reading.ts'

export function oneOf<Word extends string>(words: readonly Word[]): (text: string) => Reading<Word> {
  return (text) => {
    const value = words.find((word) => word === text)
    if (value !== undefined) return { value }
    return { mistake: `must be one of ${words.join(', ')}; it is "${printable(text)}".` }
  }
}
