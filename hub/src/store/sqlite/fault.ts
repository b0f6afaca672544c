import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'

/** What kind of trouble an exception from SQLite is. Told by the code alone: the two libraries' classes differ. */
export type Fault = 'full' | 'busy' | 'disk' | 'bug'

const DISK = [
  'SQLITE_IOERR',
  'SQLITE_CORRUPT',
  'SQLITE_NOTADB',
  'SQLITE_READONLY',
  'SQLITE_CANTOPEN',
  'SQLITE_PERM',
  'SQLITE_AUTH',
  'SQLITE_PROTOCOL',
]

export function sqliteCode(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null
  return typeof error.code === 'string' && error.code.startsWith('SQLITE') ? error.code : null
}

export function faultOf(error: unknown): Fault {
  const code = sqliteCode(error)
  if (code === null) return 'bug'
  if (code.startsWith('SQLITE_FULL')) return 'full'
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return 'busy'
  return DISK.some((prefix) => code.startsWith(prefix)) ? 'disk' : 'bug'
}

/** The error that a caller gets where nothing was written. */
export function storageError(error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error
  switch (faultOf(error)) {
    case 'full':
      return new HoldfastError(
        'storage_full',
        'The disk is full; nothing was written. Free some space and send it again.',
        { cause: error },
      )
    case 'busy':
      return new HoldfastError(
        'storage_busy',
        'Another program holds the database; nothing was written. Send it again shortly.',
        { cause: error },
      )
    case 'disk':
      return new HoldfastError(
        'storage_error',
        `The database could not be read or written (${sqliteCode(error)}).`,
        { cause: error },
      )
    case 'bug':
      return new HoldfastError(
        'internal',
        'The hub could not do this because of a fault of its own; nothing was written.',
        { cause: error },
      )
  }
}

export function unknownOutcome(cause: unknown): HoldfastError {
  const message =
    'The disk failed while this was being made durable: it may or may not have happened. Send the same mutation id again.'
  return new HoldfastError('outcome_unknown', message, { cause })
}
