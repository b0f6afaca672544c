import { LIMITS, utf8Bytes } from './limits.ts'

/** Why a value can not stand in a protected field; null when it can. */
export function protectedValueProblem(value: unknown): string | null {
  if (typeof value !== 'string') return 'must be a string'
  if (value.trim() === '') return 'must not be blank'
  const bytes = utf8Bytes(value)
  if (bytes > LIMITS.protectedBytes)
    return `takes ${bytes} bytes; at most ${LIMITS.protectedBytes} are allowed`
  return null
}
