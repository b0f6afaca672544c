import { z } from 'zod'
import { idSchema } from '../../records/ids.ts'
import { holderSchema } from '../../records/run.ts'

/** `POST /cli/runs/held`: every run that a program has. Those that the hub thinks it has, and that are not here, are over. */
export const heldRunsBody = z.strictObject({
  holder: holderSchema,
  runs: z.array(idSchema).max(10_000),
})
export type HeldRunsBody = z.infer<typeof heldRunsBody>

/** The runs that were ended for it. */
export const heldRunsAnswer = z.strictObject({ ended: z.array(z.string()) })
export type HeldRunsAnswer = z.infer<typeof heldRunsAnswer>
