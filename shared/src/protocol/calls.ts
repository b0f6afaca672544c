import type { z } from 'zod'
import { cursorChatStoreStatusAnswer, cursorChatStoreStatusParams } from './rpc/cursor-chat-store-status.ts'
import { handoffLocalCallAnswer, handoffLocalParams } from './rpc/handoff-local.ts'
import { killSessionAnswer, killSessionParams } from './rpc/kill-session.ts'
import { lookForConversationAnswer, lookForConversationParams } from './rpc/look-for-conversation.ts'
import { pathExistsAnswer, pathExistsParams } from './rpc/path-exists.ts'
import { spawnHappySessionAnswer, spawnHappySessionParams } from './rpc/spawn-happy-session.ts'
import { startRunAnswer, startRunParams } from './rpc/start-run.ts'
import { stopRunAnswer, stopRunParams } from './rpc/stop-run.ts'
import { stopSessionAnswer, stopSessionParams } from './rpc/stop-session.ts'

/** One call that the hub makes: by whom it is answered, what it carries, and what comes back. */
export interface CallShape {
  readonly scope: 'machine' | 'session'
  readonly params: z.ZodType
  readonly answer: z.ZodType
}

/** Every RPC that the hub calls; clients register others too, which nobody calls. */
export const CALLS = {
  'spawn-happy-session': {
    scope: 'machine',
    params: spawnHappySessionParams,
    answer: spawnHappySessionAnswer,
  },
  'stop-session': { scope: 'machine', params: stopSessionParams, answer: stopSessionAnswer },
  'path-exists': { scope: 'machine', params: pathExistsParams, answer: pathExistsAnswer },
  'cursor-chat-store-status': {
    scope: 'machine',
    params: cursorChatStoreStatusParams,
    answer: cursorChatStoreStatusAnswer,
  },
  'look-for-conversation': {
    scope: 'machine',
    params: lookForConversationParams,
    answer: lookForConversationAnswer,
  },
  'start-run': { scope: 'machine', params: startRunParams, answer: startRunAnswer },
  'stop-run': { scope: 'machine', params: stopRunParams, answer: stopRunAnswer },
  killSession: { scope: 'session', params: killSessionParams, answer: killSessionAnswer },
  'handoff-local': { scope: 'session', params: handoffLocalParams, answer: handoffLocalCallAnswer },
} as const satisfies Record<string, CallShape>

export type CallName = keyof typeof CALLS
