import { z } from 'zod'
import { updateMachine } from './update-machine.ts'
import { updateSession } from './update-session.ts'

/** Hub to the others in a room, without ack: one committed change. `createdAt` is the hub's clock. */
export const update = z.strictObject({
  id: z.string(),
  seq: z.int().min(0),
  createdAt: z.number(),
  body: z.discriminatedUnion('t', [updateSession, updateMachine]),
})
export type Update = z.infer<typeof update>
