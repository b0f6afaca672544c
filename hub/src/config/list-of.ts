import type { Reading } from './reading.ts'

/** Items with commas between them, and spaces around those where somebody likes them; each item once. */
export function listOf(
  item: (text: string) => Reading<string>,
): (text: string) => Reading<readonly string[]> {
  return (text) => {
    const items = new Set<string>()
    for (const part of text.split(',')) {
      const reading = item(part.replaceAll(/^ +| +$/g, ''))
      if ('mistake' in reading) return reading
      items.add(reading.value)
    }
    return { value: [...items] }
  }
}
