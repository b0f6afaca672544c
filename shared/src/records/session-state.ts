/** Where a session stands in a list, each in exactly one state. */
export const SESSION_STATES = ['active', 'inactive', 'archived'] as const
export type SessionState = (typeof SESSION_STATES)[number]

export const ARCHIVED = 'archived'

/** Archived is what was put away, connected or not; of the others, active is what a connected client keeps alive. */
export function sessionState(lifecycleState: unknown, active: boolean): SessionState {
  if (lifecycleState === ARCHIVED) return 'archived'
  return active ? 'active' : 'inactive'
}
