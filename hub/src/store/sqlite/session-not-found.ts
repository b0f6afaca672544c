import { refuse } from '@holdfast/shared/errors/holdfast-error'

export const SESSION_NOT_FOUND = refuse('session_not_found', 'There is no such session.')
