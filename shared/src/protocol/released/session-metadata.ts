import { z } from 'zod'
import { copilotAgentMode, permissionMode, startingMode } from './modes.ts'

const attempt = { machineId: z.string(), startedAt: z.number() }

const piResumeAttempt = z.object({
  state: z.enum(['resuming', 'terminating', 'quarantined']),
  ...attempt,
  childSessionId: z.string().optional(),
  archiveSnapshot: z
    .object({
      lifecycleState: z.string().optional(),
      lifecycleStateSince: z.number().optional(),
      archivedBy: z.string().optional(),
      archiveReason: z.string().optional(),
    })
    .optional(),
})

const opencodeClearOperation = z.object({
  replacementSessionId: z.string(),
  state: z.enum([
    'reserved',
    'abort-needed',
    'cleanup-confirmed',
    'finalizing',
    'pending',
    'failed',
    'completed',
    'aborted',
  ]),
  updatedAt: z.number(),
  error: z.string().optional(),
})

const capabilities = z.object({
  concurrentClients: z.boolean().optional(),
  terminal: z.boolean().optional(),
  conversationHistory: z
    .object({
      forkCurrent: z.boolean().optional(),
      forkAtMessage: z.boolean().optional(),
      rewindToMessage: z.boolean().optional(),
    })
    .optional(),
})

const piImportState = z.object({
  state: z.enum(['importing', 'complete', 'failed', 'diverged']),
  machineId: z.string(),
  piSessionId: z.string(),
  sourceFile: z.string(),
  startedAt: z.number(),
  updatedAt: z.number(),
  leafEntryId: z.string().nullish(),
  error: z.string().optional(),
})

const worktree = z.object({
  basePath: z.string(),
  branch: z.string(),
  name: z.string(),
  worktreePath: z.string().optional(),
  createdAt: z.number().optional(),
})

/**
 * The session metadata that released clients accept. They check it whole and strip what is not listed; null passes only
 * where it is said. A client that gets a value it does not accept takes its version without it.
 */
export const releasedSessionMetadata = z.object({
  path: z.string(),
  host: z.string(),
  version: z.string().optional(),
  name: z.string().optional(),
  os: z.string().optional(),
  summary: z.object({ text: z.string(), updatedAt: z.number() }).optional(),
  machineId: z.string().optional(),
  claudeSessionId: z.string().optional(),
  forkedFrom: z.string().optional(),
  codexSessionId: z.string().optional(),
  codexSourceSessionId: z.string().optional(),
  geminiSessionId: z.string().optional(),
  opencodeSessionId: z.string().optional(),
  grokSessionId: z.string().optional(),
  agySessionId: z.string().optional(),
  cursorSessionId: z.string().optional(),
  cursorSessionProtocol: z.enum(['acp', 'stream-json']).optional(),
  cursorMigrationState: z.enum(['in_progress', 'ambiguous']).optional(),
  kimiSessionId: z.string().optional(),
  copilotSessionId: z.string().optional(),
  piSessionId: z.string().optional(),
  piResumeAttempt: piResumeAttempt.optional(),
  ptyResumeAttempt: z.object({ state: z.enum(['resuming', 'quarantined']), ...attempt }).optional(),
  tools: z.array(z.string()).optional(),
  slashCommands: z.array(z.string()).optional(),
  homeDir: z.string().optional(),
  happyHomeDir: z.string().optional(),
  happyLibDir: z.string().optional(),
  happyToolsDir: z.string().optional(),
  startedFromRunner: z.boolean().optional(),
  hostPid: z.number().optional(),
  hapiMcpUrl: z.url().optional(),
  startedBy: z.enum(['runner', 'terminal']).optional(),
  lifecycleState: z.string().optional(),
  lifecycleStateSince: z.number().optional(),
  archivedBy: z.string().optional(),
  archiveReason: z.string().optional(),
  supersededBySessionId: z.string().optional(),
  opencodeClearOperation: opencodeClearOperation.optional(),
  preferredPermissionMode: permissionMode.optional(),
  preferredCopilotAgentMode: copilotAgentMode.optional(),
  flavor: z.string().nullish(),
  startingMode: startingMode.nullish(),
  capabilities: capabilities.optional(),
  conversationHistoryPoints: z.record(z.string(), z.literal(true)).optional(),
  conversationHistoryIndexes: z.record(z.string(), z.int().min(0)).optional(),
  conversationHistoryTurns: z.record(z.string(), z.string().min(1)).optional(),
  conversationHistoryEntryIds: z.record(z.string(), z.string().min(1)).optional(),
  piHistoryLeafEntryId: z.string().optional(),
  piImportState: piImportState.optional(),
  conversationHistoryDiverged: z.boolean().optional(),
  worktree: worktree.optional(),
  piAvailableModels: z.array(z.looseObject({ modelId: z.string() })).optional(),
  piSelectedModel: z.object({ provider: z.string(), modelId: z.string() }).nullish(),
})
