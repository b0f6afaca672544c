import { z } from 'zod'

/** Client to hub, without ack: this socket answers calls of `method` no more. */
export const rpcUnregister = z.looseObject({ method: z.string() })
export type RpcUnregister = z.infer<typeof rpcUnregister>
