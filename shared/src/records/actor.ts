import { z } from 'zod'

/** Who did something: through which door, and as what. */
export const actorSchema = z.strictObject({
  door: z.enum(['hapi', 'socket', 'http', 'import', 'hub']),
  device: z.string().max(128).optional(),
  machine: z.string().max(128).optional(),
  run: z.string().max(128).optional(),
  /** Where the run's tokens are valid. */
  runtime: z.string().max(256).optional(),
})
export type Actor = z.infer<typeof actorSchema>
