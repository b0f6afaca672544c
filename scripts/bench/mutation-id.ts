import { mixed } from './documents.ts'

/** As clients make them: the time first, so that new ones sort behind old ones, and then what makes it theirs. */
export function mutationId(writer: number, serial: number): string {
  const time = Date.now().toString(36).padStart(9, '0')
  const own = mixed(writer).toString(36).padStart(7, '0')
  return `${time}${own}${serial.toString(36).padStart(8, '0')}`
}
