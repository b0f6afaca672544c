import { z } from 'zod'
import { textSchema } from './ids.ts'

/** Who did something: through which door, and as what. */
export const actorSchema = z.strictObject({
  door: z.enum(['hapi', 'socket', 'http', 'import', 'hub']),
  device: textSchema(128).optional(),
  machine: textSchema(128).optional(),
  run: textSchema(128).optional(),
  /** Where the run's tokens are valid. */
  runtime: textSchema(256).optional(),
})
export type Actor = z.infer<typeof actorSchema>
