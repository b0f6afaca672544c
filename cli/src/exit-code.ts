import { ERRORS, type ErrorCode } from '@holdfast/shared/errors/codes'
import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'

export const EXIT = {
  usage: 2,
  settings: 3,
  unreachable: 4,
  auth: 5,
  conflict: 6,
  notResumable: 7,
  bug: 70,
  storage: 74,
} as const

const NAMED: { readonly [code in ErrorCode]?: number } = {
  usage: EXIT.usage,
  settings_invalid: EXIT.settings,
  runtime_unsupported: EXIT.settings,
  hub_unreachable: EXIT.unreachable,
  shutting_down: EXIT.unreachable,
  host_not_allowed: EXIT.settings,
  origin_not_allowed: EXIT.settings,
  rate_limited: EXIT.auth,
  resume_unavailable: EXIT.notResumable,
  internal: EXIT.bug,
}

const BY_STATUS: { readonly [status: number]: number } = {
  400: EXIT.usage,
  401: EXIT.auth,
  403: EXIT.auth,
  404: EXIT.usage,
  409: EXIT.conflict,
  413: EXIT.usage,
  422: EXIT.usage,
}

/** With what the command line exits after this error. */
export function exitCode(error: unknown): number {
  if (!(error instanceof HoldfastError)) return EXIT.bug
  const { code } = error
  if (code.startsWith('database_')) return EXIT.settings
  return NAMED[code] ?? BY_STATUS[ERRORS[code].http] ?? EXIT.storage
}
