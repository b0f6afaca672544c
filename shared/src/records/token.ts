import { z } from 'zod'
import { actorSchema } from './actor.ts'

/** How sure it is that the agent still has the conversation. */
export const tokenProofSchema = z.enum(['provisional', 'confirmed', 'quarantined'])
export type TokenProof = z.infer<typeof tokenProofSchema>

/** Whether it is the session's token now, and if not, how it ceased to be. */
export const tokenLeftSchema = z.enum(['no', 'superseded', 'cleared', 'late'])
export type TokenLeft = z.infer<typeof tokenLeftSchema>

export const tokenRecordSchema = z.strictObject({
  flavor: z.string(),
  value: z.string(),
  /** The value of the paired field that belongs to this token. */
  paired: z.string().nullable(),
  proof: tokenProofSchema,
  left: tokenLeftSchema,
  machineId: z.string().nullable(),
  runtimeId: z.string().nullable(),
  run: z.string().nullable(),
  setBy: actorSchema,
  /** When the session had this value first, when it last got it, and when it last gave it up. */
  firstAt: z.int(),
  at: z.int(),
  leftAt: z.int().nullable(),
})
export type TokenRecord = z.infer<typeof tokenRecordSchema>
