import { z } from 'zod'

/** Client to hub: are you there? It carries nothing, and what it carries is not looked at. */
export const pingRequest = z.unknown().optional()

/** The ack is called without an argument. */
export const pingAck = z.undefined()
