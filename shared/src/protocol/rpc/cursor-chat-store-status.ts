import { z } from 'zod'

/** Hub to a machine's runner: is this Cursor conversation on the disk? */
export const cursorChatStoreStatusParams = z.strictObject({
  workspacePath: z.string().min(1),
  cursorSessionId: z.string().min(1),
  homeDir: z.string().min(1).optional(),
})
export type CursorChatStoreStatusParams = z.infer<typeof cursorChatStoreStatusParams>

/** `store` is the runner's word for where it found the conversation, `acp` or `legacy`; null where it found none. */
export const cursorChatStoreStatusAnswer = z.looseObject({
  onDisk: z.boolean(),
  store: z.unknown().optional(),
})
export type CursorChatStoreStatusAnswer = z.infer<typeof cursorChatStoreStatusAnswer>
