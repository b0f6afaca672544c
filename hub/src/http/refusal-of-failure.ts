import { HoldfastError, refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { Log } from '../log/log.ts'

/** What is said of a failure of ours: its own sentence where it has one for people, and otherwise nothing of it. */
export function refusalOfFailure(error: unknown, log: Log, doing: string): Refusal {
  if (error instanceof HoldfastError) {
    log.warn('request failed', { doing, code: error.code })
    return refuse(error.code, error.message)
  }
  log.error('request failed for a reason that was not foreseen', error, { doing })
  return refuse('internal', 'Something went wrong inside the hub; its log says what.')
}
