import { refuse } from '@holdfast/shared/errors/holdfast-error'
import {
  patchSessionMetadataBody,
  type PatchSessionMetadataAnswer,
} from '@holdfast/shared/protocol/http/patch-session-metadata'
import { Hono } from 'hono'
import { actorOf } from '../auth/caller.ts'
import type { VersionMismatch } from '../sessions/decision.ts'
import type { FieldsWritten } from '../store/store.ts'
import { SMALL_BODY, type BodyReader, type BodyShape } from './body-reader.ts'
import type { DoorContext, DoorEnv } from './door-env.ts'
import type { HttpDoorParts } from './http-door.ts'
import { refusalAnswer } from './refusal-answer.ts'
import { sessionAsked } from './session-asked.ts'

const BODY: BodyShape<typeof patchSessionMetadataBody> = { ...SMALL_BODY, schema: patchSessionMetadataBody }

/** A session's metadata as people and other programs write it. */
export function sessionMetadata({ store }: HttpDoorParts, bodies: BodyReader): Hono<DoorEnv> {
  return new Hono<DoorEnv>().patch('/:id/metadata', async (c) => {
    const key = sessionAsked(c)
    if ('kind' in key) return refusalAnswer(c, key)
    const read = await bodies.read(c.req.raw, BODY)
    if (read.kind === 'refused') return refusalAnswer(c, read)
    const answer = await store.patchSessionMetadata({
      ...read.body,
      ...key,
      actor: actorOf(c.get('caller'), 'http'),
    })
    if (answer.kind === 'refused') return refusalAnswer(c, answer)
    return answer.kind === 'written' ? c.json(ackOf(answer)) : mismatchAnswer(c, answer)
  })
}

function ackOf({ version, changed, kept, rebasedFrom }: FieldsWritten): PatchSessionMetadataAnswer {
  return {
    result: 'success',
    version,
    changed: [...changed],
    kept: [...kept],
    ...(rebasedFrom === undefined ? {} : { rebasedFrom }),
  }
}

function mismatchAnswer(c: DoorContext, { version, current }: VersionMismatch): Response {
  const message = `The session is at version ${version}, and fields that the patch names were changed. Look at their values and send it again.`
  const more = { result: 'version-mismatch', version, conflicts: current }
  return refusalAnswer(c, refuse('version_mismatch', message), more)
}
