import type { ErrorCode } from '@holdfast/shared/errors/codes'
import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'

/** With what the program exits. */
export const EXIT = { usage: 2, settings: 3, bug: 70, storage: 74, interrupted: 130 } as const

const STORAGE: ReadonlySet<ErrorCode> = new Set([
  'storage_full',
  'storage_busy',
  'storage_error',
  'outcome_unknown',
  'store_stopped',
])

/** What keeps a hub from starting is mostly in its settings, of which the database is one. */
export function exitCode(error: unknown): number {
  if (!(error instanceof HoldfastError) || error.code === 'internal') return EXIT.bug
  if (error.code === 'usage') return EXIT.usage
  return STORAGE.has(error.code) ? EXIT.storage : EXIT.settings
}
