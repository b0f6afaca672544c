import { below, type Random } from '../random.ts'

/** A UUID out of a seeded sequence, the same for the same seed. */
export function uuidOf(random: Random): string {
  const digits = (count: number): string =>
    Array.from({ length: count }, () => below(random, 16).toString(16)).join('')
  return `${digits(8)}-${digits(4)}-4${digits(3)}-8${digits(3)}-${digits(12)}`
}
