import { z } from 'zod'
import { runRecordSchema } from '../../records/run.ts'
import { tokenRecordSchema } from '../../records/token.ts'
import { verdictSchema } from '../../resume/verdict.ts'
import { sessionSettings } from '../session-settings.ts'

/**
 * A session as people and other programs see it: as it is stored, and nothing bent for anybody's schema. Who may only
 * read sees of a resume token its first characters.
 */
export const sessionView = z.strictObject({
  id: z.string(),
  tag: z.string(),
  createdAt: z.number(),
  updatedAt: z.number(),
  /** A client is connected and says that the session is alive. */
  active: z.boolean(),
  /** Null: not since the hub started. */
  activeAt: z.number().nullable(),
  thinking: z.boolean(),
  thinkingAt: z.number().nullable(),
  metadata: z.record(z.string(), z.unknown()),
  metadataVersion: z.int().positive(),
  /** Fields whose stored bytes can not be read; they are kept, and left out of `metadata`. */
  damaged: z.array(z.string()),
  settings: sessionSettings,
})
export type SessionView = z.infer<typeof sessionView>

/**
 * `GET /api/sessions/:id`: the session, whether a person may resume it, the newest of its runs, and the newest of the
 * resume tokens that it ever had.
 */
export const sessionViewAnswer = z.strictObject({
  session: sessionView,
  verdict: verdictSchema,
  runs: z.array(runRecordSchema),
  tokens: z.array(tokenRecordSchema),
})
export type SessionViewAnswer = z.infer<typeof sessionViewAnswer>
