import type { SessionView, SessionViewAnswer } from '@holdfast/shared/protocol/http/session-view'
import type { LiveSession } from '@holdfast/shared/protocol/released/session-for-released-client'
import type { SessionRecord } from '@holdfast/shared/records/session'
import { Hono } from 'hono'
import { answering } from './answering.ts'
import { asSeenBy } from './as-seen-by.ts'
import type { DoorEnv } from './door-env.ts'
import type { HttpDoorParts } from './http-door.ts'
import { findSession } from './session-asked.ts'

/** Sessions as people and other programs read them. */
export function sessions({ store, presence }: HttpDoorParts): Hono<DoorEnv> {
  return new Hono<DoorEnv>().get(
    '/:id',
    answering<SessionViewAnswer>(async (c) => {
      const found = await findSession(store, c)
      if (found.kind === 'refused') return found
      return { session: viewOf(asSeenBy(c.get('caller'), found.record), presence.session(found.key)) }
    }),
  )
}

function viewOf(record: SessionRecord, { active, activeAt, thinking, thinkingAt }: LiveSession): SessionView {
  const { id, tag, createdAt, updatedAt, metadata, metadataVersion, damaged, settings } = record
  return {
    id,
    tag,
    createdAt,
    updatedAt,
    active,
    activeAt,
    thinking,
    thinkingAt,
    metadata,
    metadataVersion,
    damaged: [...damaged],
    settings,
  }
}
