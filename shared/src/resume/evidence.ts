import { z } from 'zod'

/** What a look for a transcript found. A transcript without a single turn is `absent`. */
export const transcriptStateSchema = z.enum(['present', 'absent', 'ambiguous', 'unknown'])
export type TranscriptState = z.infer<typeof transcriptStateSchema>

export const directoryStateSchema = z.enum(['present', 'absent', 'unknown'])
export type DirectoryState = z.infer<typeof directoryStateSchema>

/** What somebody who sat on the machine saw, or could not see, and when by the hub's clock; null: nobody ever looked. */
export const transcriptEvidenceSchema = z.strictObject({
  state: transcriptStateSchema,
  at: z.int().nullable(),
  /** Why it is unknown, where it is: the agent's config directory could not be used, or the agent did not know the token elsewhere. */
  because: z.enum(['config_dir_unusable', 'agent_rejected']).nullable(),
})
export type TranscriptEvidence = z.infer<typeof transcriptEvidenceSchema>

export const directoryEvidenceSchema = z.strictObject({
  state: directoryStateSchema,
  at: z.int().nullable(),
})
export type DirectoryEvidence = z.infer<typeof directoryEvidenceSchema>

export const NEVER_LOOKED = { state: 'unknown', at: null } as const
