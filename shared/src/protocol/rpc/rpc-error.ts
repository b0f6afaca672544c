import { z } from 'zod'

/** Client to hub, in place of an answer: the call was not carried out. */
export const rpcError = z.looseObject({ error: z.string(), code: z.string().optional().catch(undefined) })
export type RpcError = z.infer<typeof rpcError>
