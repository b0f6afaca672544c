import { ERRORS, type ErrorCode } from '../errors/codes.ts'
import { HoldfastError } from '../errors/holdfast-error.ts'

/** The hub's word on what went wrong. */
export function hubError(code: unknown, message: string): HoldfastError {
  return new HoldfastError(knownCode(code), message)
}

/** A code of the hub's; one that this program does not know yet counts as `internal`. */
export function knownCode(code: unknown): ErrorCode {
  return isErrorCode(code) ? code : 'internal'
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERRORS, code)
}

const STOPPING: ReadonlySet<ErrorCode> = new Set(['session_not_found', 'unauthorized', 'access_denied'])

/** Whether nothing that this client could ever send would be taken. */
export function isStopping(error: HoldfastError): boolean {
  return STOPPING.has(error.code)
}

/** Whether the same may well be taken when it is sent again later. */
export function isPassing(error: HoldfastError): boolean {
  return error.retry === 'backoff' || error.retry === 'same-mutation'
}

const OPEN: ReadonlySet<ErrorCode> = new Set(['hub_unreachable', 'internal'])

/** Whether a change that ended with this may have been taken all the same. */
export function leavesOutcomeOpen(error: unknown): boolean {
  return error instanceof HoldfastError && OPEN.has(error.code)
}
