import type { Json } from '../../metadata/json.ts'

/** Values that released clients accept, and values that they do not, by member. Null is only right where it is listed. */
export interface MemberSamples {
  readonly right: readonly Json[]
  readonly wrong: readonly Json[]
}
export type Samples = { readonly [member: string]: MemberSamples }

const TEXT: MemberSamples = { right: ['', 'text', '\u{1F600}'], wrong: [null, 7, true, [], {}] }
const NUMBER: MemberSamples = { right: [0, -1, 1.5, 2 ** 40], wrong: [null, '7', true, [], {}] }
const FLAG: MemberSamples = { right: [true, false], wrong: [null, 'true', 1, 0, [], {}] }
const TEXTS: MemberSamples = { right: [[], [''], ['a', 'b']], wrong: [null, 'a', [1], ['a', null], {}] }

function oneOf(...right: readonly Json[]): MemberSamples {
  return { right, wrong: [null, '', 'of-tomorrow', 1, [], {}].filter((value) => !right.includes(value)) }
}
function also(samples: MemberSamples, right: readonly Json[]): MemberSamples {
  return {
    right: [...samples.right, ...right],
    wrong: samples.wrong.filter((value) => !right.includes(value)),
  }
}

/** An object with required members, optional ones, and what breaks it. */
function object(
  required: { [name: string]: Json },
  wrong: readonly { [name: string]: Json }[],
): MemberSamples {
  const lacking = Object.keys(required).map((name) =>
    Object.fromEntries(Object.entries(required).filter(([other]) => other !== name)),
  )
  return {
    right: [required, { ...required, unheardOf: [1] }],
    wrong: [null, 'text', 7, [], [required], ...lacking, ...wrong.map((part) => ({ ...required, ...part }))],
  }
}

const ATTEMPT = { state: 'resuming', machineId: 'm', startedAt: 1 }
const CLEAR = { replacementSessionId: 's', state: 'reserved', updatedAt: 1 }
const IMPORT = {
  state: 'importing',
  machineId: 'm',
  piSessionId: 'p',
  sourceFile: '/f',
  startedAt: 1,
  updatedAt: 2,
}
const WORKTREE = { basePath: '/b', branch: 'main', name: 'w' }
const NON_EMPTY: MemberSamples = { right: [{}, { a: 'x' }], wrong: [null, [], { a: '' }, { a: 1 }, 'x'] }

const TEXT_MEMBERS = [
  'path',
  'host',
  'version',
  'name',
  'os',
  'machineId',
  'forkedFrom',
  'piHistoryLeafEntryId',
  ...[
    'claude',
    'codex',
    'codexSource',
    'gemini',
    'opencode',
    'grok',
    'agy',
    'cursor',
    'kimi',
    'copilot',
    'pi',
  ].map((agent) => `${agent}SessionId`),
  'homeDir',
  'happyHomeDir',
  'happyLibDir',
  'happyToolsDir',
  'lifecycleState',
  'archivedBy',
  'archiveReason',
  'supersededBySessionId',
]

export const SESSION_METADATA: Samples = {
  ...Object.fromEntries(TEXT_MEMBERS.map((name) => [name, TEXT])),
  summary: object({ text: '', updatedAt: 1 }, [{ text: 1 }, { updatedAt: '1' }, { updatedAt: null }]),
  cursorSessionProtocol: oneOf('acp', 'stream-json'),
  cursorMigrationState: oneOf('in_progress', 'ambiguous'),
  piResumeAttempt: also(
    object(ATTEMPT, [
      { state: 'failed' },
      { childSessionId: null },
      { archiveSnapshot: [] },
      { archiveSnapshot: { lifecycleStateSince: 'x' } },
    ]),
    [
      { ...ATTEMPT, state: 'terminating', childSessionId: 'c', archiveSnapshot: {} },
      {
        ...ATTEMPT,
        state: 'quarantined',
        archiveSnapshot: { lifecycleState: 'archived', lifecycleStateSince: 1 },
      },
    ],
  ),
  ptyResumeAttempt: object(ATTEMPT, [{ state: 'terminating' }, { machineId: null }]),
  tools: TEXTS,
  slashCommands: TEXTS,
  startedFromRunner: FLAG,
  hostPid: NUMBER,
  hapiMcpUrl: {
    right: ['http://127.0.0.1:4006/mcp', 'mailto:x', 'x:y', ' http://a '],
    wrong: [null, '', 'foo', 'a b', '/path', 7, {}],
  },
  startedBy: oneOf('runner', 'terminal'),
  lifecycleStateSince: NUMBER,
  opencodeClearOperation: also(object(CLEAR, [{ state: 'done' }, { error: null }]), [
    { ...CLEAR, state: 'aborted', error: 'no' },
  ]),
  preferredPermissionMode: oneOf(
    'default',
    'acceptEdits',
    'auto',
    'bypassPermissions',
    'plan',
    'ask',
    'debug',
    'autoReview',
    'read-only',
    'safe-yolo',
    'yolo',
    'request-review',
    'always-proceed',
  ),
  preferredCopilotAgentMode: oneOf('interactive', 'plan', 'autopilot', 'fleet'),
  flavor: also(TEXT, [null, 'of-tomorrow']),
  startingMode: oneOf('local', 'remote', 'pty', null),
  capabilities: {
    right: [
      {},
      { concurrentClients: true, terminal: false, unheardOf: 1 },
      { conversationHistory: {} },
      { conversationHistory: { forkCurrent: true, forkAtMessage: false, rewindToMessage: true } },
    ],
    wrong: [
      null,
      [],
      'x',
      { terminal: null },
      { conversationHistory: true },
      { conversationHistory: { forkCurrent: 1 } },
    ],
  },
  conversationHistoryPoints: { right: [{}, { a: true }], wrong: [null, [], { a: false }, { a: 1 }, 'x'] },
  conversationHistoryIndexes: {
    right: [{}, { a: 0, b: 7 }],
    wrong: [null, [], { a: -1 }, { a: 1.5 }, { a: 2 ** 53 }, { a: '1' }],
  },
  conversationHistoryTurns: NON_EMPTY,
  conversationHistoryEntryIds: NON_EMPTY,
  piImportState: also(object(IMPORT, [{ state: 'new' }, { error: null }, { leafEntryId: 7 }]), [
    { ...IMPORT, leafEntryId: null },
    { ...IMPORT, leafEntryId: 'l', error: 'e', state: 'diverged' },
  ]),
  conversationHistoryDiverged: FLAG,
  worktree: also(object(WORKTREE, [{ worktreePath: null }, { createdAt: 'x' }, { branch: 1 }]), [
    { ...WORKTREE, worktreePath: '/w', createdAt: 1.5 },
  ]),
  piAvailableModels: {
    right: [[], [{ modelId: 'm' }], [{ modelId: 'm', more: { deep: [] } }]],
    wrong: [null, {}, [null], [{}], [{ modelId: 1 }], ['m']],
  },
  piSelectedModel: also(object({ provider: 'p', modelId: 'm' }, [{ provider: null }]), [null]),
}

export const MACHINE_METADATA: Samples = {
  ...Object.fromEntries(
    ['host', 'platform', 'happyCliVersion', 'displayName', 'homeDir', 'happyHomeDir', 'happyLibDir'].map(
      (name) => [name, TEXT],
    ),
  ),
  workspaceRoots: TEXTS,
  capabilities: TEXTS,
  startedCliMtimeMs: NUMBER,
  installedCliMtimeMs: NUMBER,
  supervisedRestart: FLAG,
}

const CONFIG_FIELD = { id: 'model', section: 'model', kind: 'select', availability: 'create' }
const withConfig = (field: { [name: string]: Json }): Json => ({
  agentConfigs: [{ flavor: 'claude', fields: [{ ...CONFIG_FIELD, ...field }] }],
})

export const RUNNER_STATE: Samples = {
  status: TEXT,
  pid: NUMBER,
  httpPort: NUMBER,
  startedAt: NUMBER,
  shutdownRequestedAt: NUMBER,
  shutdownSource: TEXT,
  lastSpawnError: also(object({ message: 'm', at: 1 }, [{ pid: null }, { exitCode: 'x' }, { signal: 9 }]), [
    null,
    { message: 'm', at: 1, pid: 2, exitCode: null, signal: 'SIGTERM' },
    { message: 'm', at: 1, exitCode: 1, signal: null },
  ]),
  capabilities: {
    right: [
      {},
      { codexSharedRuntime: true, piExistingSessionResume: true, agentConfigs: [] },
      withConfig({}),
      withConfig({ optionSource: 'machine', unavailableReason: 'none' }),
    ],
    wrong: [
      null,
      [],
      { codexSharedRuntime: false },
      { agentConfigs: [{ flavor: '', fields: [] }] },
      { agentConfigs: [{ flavor: 'claude' }] },
      withConfig({ kind: 'slider' }),
      withConfig({ optionSource: null }),
    ],
  },
}

const REQUEST = { tool: 'Bash', arguments: { command: 'ls' } }
const COMPLETED = { ...REQUEST, status: 'approved' }

/** The two maps of calls are apart: of them only the wrong calls go. */
export const AGENT_STATE: Samples = {
  controlledByUser: also(FLAG, [null]),
  codexPlanProposalId: also(TEXT, [null]),
  steeringActive: also(FLAG, [null]),
  startingMode: oneOf('local', 'remote', 'pty', null),
}

export const REQUESTS: MemberSamples = {
  right: [
    REQUEST,
    { tool: '', arguments: null },
    { ...REQUEST, toolCallId: 't', createdAt: null, unheardOf: 1 },
  ],
  wrong: [
    null,
    [],
    'x',
    { tool: 'Bash' },
    { arguments: {} },
    { ...REQUEST, toolCallId: null },
    { ...REQUEST, tool: 1 },
  ],
}

export const COMPLETED_REQUESTS: MemberSamples = {
  right: [
    COMPLETED,
    {
      ...COMPLETED,
      completedAt: null,
      createdAt: 1,
      decision: 'abort',
      allowTools: ['x'],
      reason: 'r',
      mode: 'm',
    },
    { ...COMPLETED, status: 'canceled', answers: { q: ['a', 'b'] } },
    { ...COMPLETED, status: 'resolved', answers: { q: { answers: ['a'] } } },
    { ...COMPLETED, status: 'denied', answers: {} },
  ],
  wrong: [
    null,
    REQUEST,
    { ...COMPLETED, status: 'asked' },
    { ...COMPLETED, decision: null },
    { ...COMPLETED, allowTools: 'x' },
    { ...COMPLETED, answers: { q: 'a' } },
    { ...COMPLETED, answers: { q: ['a'], r: { answers: ['a'] } } },
    { tool: 'Bash', status: 'approved' },
  ],
}
