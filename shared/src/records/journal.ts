import { z } from 'zod'
import { actorSchema } from './actor.ts'
import { jsonSchema } from './json-schema.ts'

/** An unprotected value too large for the journal: enough to recognise it, not to restore it. */
export const largeValueSchema = z.strictObject({ sha256: z.string().length(64), bytes: z.int().positive() })
export type LargeValue = z.infer<typeof largeValueSchema>

/** One field's change. A side that is absent says that the field was not there. */
export const journaledChangeSchema = z.strictObject({
  before: jsonSchema.optional(),
  beforeLarge: largeValueSchema.optional(),
  /** The version that had set the value before; 0 where the field had never been set. */
  beforeVersion: z.int().min(0),
  after: jsonSchema.optional(),
  afterLarge: largeValueSchema.optional(),
  /** `clear`: given up on purpose. `pair`: went because its partner moved. */
  cause: z.enum(['clear', 'pair']).optional(),
})
export type JournaledChange = z.infer<typeof journaledChangeSchema>

export const journalOpSchema = z.enum([
  'create',
  'replace',
  'patch',
  'clear',
  'restore',
  'put-back',
  'rebind',
])
export type JournalOp = z.infer<typeof journalOpSchema>

export const journalEntrySchema = z.strictObject({
  seq: z.int().positive(),
  session: z.string(),
  version: z.int().positive(),
  at: z.int(),
  op: journalOpSchema,
  actor: actorSchema,
  reason: z.string().nullable(),
  changes: z.record(z.string(), journaledChangeSchema),
})
export type JournalEntry = z.infer<typeof journalEntrySchema>
