/**
 * The metadata members that released clients know. Such a client drops what it does not know before it sends a whole
 * blob, so only the absence of one of these says that it was left out on purpose.
 */
const RELEASED: ReadonlySet<string> = new Set([
  'path',
  'host',
  'version',
  'name',
  'os',
  'summary',
  'machineId',
  'claudeSessionId',
  'codexSessionId',
  'codexSourceSessionId',
  'geminiSessionId',
  'opencodeSessionId',
  'grokSessionId',
  'agySessionId',
  'cursorSessionId',
  'kimiSessionId',
  'copilotSessionId',
  'piSessionId',
  'forkedFrom',
  'cursorSessionProtocol',
  'cursorMigrationState',
  'piResumeAttempt',
  'ptyResumeAttempt',
  'tools',
  'slashCommands',
  'homeDir',
  'happyHomeDir',
  'happyLibDir',
  'happyToolsDir',
  'startedFromRunner',
  'hostPid',
  'hapiMcpUrl',
  'startedBy',
  'lifecycleState',
  'archivedBy',
  'archiveReason',
  'lifecycleStateSince',
  'supersededBySessionId',
  'opencodeClearOperation',
  'preferredPermissionMode',
  'preferredCopilotAgentMode',
  'flavor',
  'startingMode',
  'capabilities',
  'conversationHistoryPoints',
  'conversationHistoryIndexes',
  'conversationHistoryTurns',
  'conversationHistoryEntryIds',
  'conversationHistoryDiverged',
  'piHistoryLeafEntryId',
  'piImportState',
  'worktree',
  'piAvailableModels',
  'piSelectedModel',
])

/** Written by the hub alone: a client's blob neither sets nor removes them. */
const HUB_OWNED: ReadonlySet<string> = new Set(['supersededBySessionId', 'opencodeClearOperation'])

/** Fields for which null is a value of its own. */
const NULLABLE: ReadonlySet<string> = new Set(['startingMode', 'piSelectedModel'])

export function isReleasedVocabulary(name: string): boolean {
  return RELEASED.has(name)
}

export function isHubOwned(name: string): boolean {
  return HUB_OWNED.has(name)
}

export function keepsNull(name: string): boolean {
  return NULLABLE.has(name)
}
