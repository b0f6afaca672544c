import { z } from 'zod'

/** Hub to the client that registered `method`: a call. `params` is JSON text. */
export const rpcRequest = z.strictObject({ method: z.string(), params: z.string() })
export type RpcRequest = z.infer<typeof rpcRequest>

/** The client's ack: the answer as JSON text, or nothing where the call has no answer. */
export const rpcRequestAck = z.string().optional()
export type RpcRequestAck = z.infer<typeof rpcRequestAck>
