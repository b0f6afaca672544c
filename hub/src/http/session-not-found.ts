import { refuse } from '@holdfast/shared/errors/holdfast-error'

/** Also what is said of a session of another tenant. */
export const SESSION_NOT_FOUND = refuse('session_not_found', 'There is no such session.')
