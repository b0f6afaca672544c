import { z } from 'zod'
import { runtimeIdSchema } from '../../records/ids.ts'
import {
  directoryStateSchema,
  transcriptEvidenceSchema,
  transcriptStateSchema,
} from '../../resume/evidence.ts'

/** Hub to a machine's runner: is this conversation on the disk, and its directory? A look changes nothing there. */
export const lookForConversationParams = z.strictObject({
  sessionId: z.string().min(1),
  flavor: z.string().min(1),
  token: z.string().min(1),
  directory: z.string().min(1),
  /** Where the token was minted, where that is on record. */
  runtimeId: z.string().min(1).optional(),
})
export type LookForConversationParams = z.infer<typeof lookForConversationParams>

/**
 * What the runner can not tell is `unknown`, never `absent`. `runtimeId`: the runtime in which it looked, and in which it
 * would start the agent.
 */
export const lookForConversationAnswer = z.looseObject({
  transcript: z.looseObject({
    state: transcriptStateSchema,
    because: transcriptEvidenceSchema.shape.because.optional(),
    /** How many turns it has; one without any is as good as none. */
    turns: z.int().min(0).optional(),
    /** How many transcripts it could be. */
    candidates: z.int().min(0).optional(),
  }),
  directory: z.looseObject({ state: directoryStateSchema }),
  runtimeId: runtimeIdSchema.optional(),
})
export type LookForConversationAnswer = z.infer<typeof lookForConversationAnswer>
