import { z } from 'zod'

/**
 * Client to hub, with the connection: who it is, and for which session or machine it speaks. The socket joins the room
 * of that session or machine if it is in its namespace. `features` names what a client of ours can do beyond the
 * released protocol; names that the hub does not know are ignored. `runId`: the run that speaks, which is alive whenever it
 * says that its session is.
 */
export const handshakeAuth = z.looseObject({
  token: z.string(),
  clientType: z.enum(['session-scoped', 'machine-scoped']),
  sessionId: z.string().optional(),
  machineId: z.string().optional(),
  features: z.array(z.string()).optional(),
  runId: z.string().optional(),
})
export type HandshakeAuth = z.infer<typeof handshakeAuth>

/** In `features`: this client wants `session-patched` in place of `update-session`. */
export const PATCHES_FEATURE = 'patches'
