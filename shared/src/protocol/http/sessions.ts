import { z } from 'zod'
import { idSchema, textSchema } from '../../records/ids.ts'
import { SESSION_STATES } from '../../records/session-state.ts'
import { classedVerdictSchema } from '../../resume/classed-verdict.ts'
import { verdictClassSchema } from '../../resume/verdict.ts'
import { pageQuery } from './page-query.ts'
import { sessionView } from './session-view.ts'

/** `GET /api/sessions`, newest first. What is asked for together must all be true of a session. */
export const sessionsQuery = pageQuery.extend({
  state: z.enum(SESSION_STATES).optional(),
  flavor: textSchema(128, 1).optional(),
  machineId: idSchema.optional(),
  verdict: verdictClassSchema.optional(),
  /** Beginnings of words of its name, path and tag, in upper or lower case; all of them must be there. */
  q: textSchema(256, 1).optional(),
})
export type SessionsQuery = z.infer<typeof sessionsQuery>

/** A session as a list shows it: some of its fields, of each resume token the first characters, and whether a person could resume it. */
export const sessionRow = sessionView.omit({ settings: true }).extend({ verdict: classedVerdictSchema })
export type SessionRow = z.infer<typeof sessionRow>

/** A page may be short, or empty, where few fit what was asked for: the list ends where there is no `nextCursor`. */
export const sessionsAnswer = z.strictObject({
  sessions: z.array(sessionRow),
  nextCursor: z.string().nullable(),
})
export type SessionsAnswer = z.infer<typeof sessionsAnswer>
