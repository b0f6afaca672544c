import type { LiveSession } from '@holdfast/shared/protocol/released/session-for-released-client'

/** What is known of a session's connection, as lists and views show it. */
export function liveOf({ active, activeAt, thinking, thinkingAt }: LiveSession): LiveSession {
  return { active, activeAt, thinking, thinkingAt }
}
