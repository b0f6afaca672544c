import { z } from 'zod'

/** Client to hub, without ack: this socket answers calls of `method`. About 35 come in a burst on each connect. */
export const rpcRegister = z.looseObject({ method: z.string() })
export type RpcRegister = z.infer<typeof rpcRegister>
