/**
 * What Holdfast knows of each coding agent's resume token. The only list of flavors anywhere: merge, verdict, command
 * line, page and import derive theirs from it.
 */
export interface AgentEntry {
  readonly flavor: string
  readonly label: string
  /** The metadata field that holds the resume token; null for an agent that keeps none. */
  readonly tokenField: string | null
  /** A field whose value is only true of one token, and so moves with it. */
  readonly pairedField: string | null
}

export const AGENTS = [
  { flavor: 'claude', label: 'Claude Code', tokenField: 'claudeSessionId', pairedField: null },
  { flavor: 'codex', label: 'Codex', tokenField: 'codexSessionId', pairedField: 'codexSourceSessionId' },
  { flavor: 'cursor', label: 'Cursor', tokenField: 'cursorSessionId', pairedField: 'cursorSessionProtocol' },
  { flavor: 'gemini', label: 'Gemini CLI', tokenField: 'geminiSessionId', pairedField: null },
  { flavor: 'opencode', label: 'OpenCode', tokenField: 'opencodeSessionId', pairedField: null },
  { flavor: 'kimi', label: 'Kimi Code', tokenField: 'kimiSessionId', pairedField: null },
  { flavor: 'copilot', label: 'Copilot CLI', tokenField: 'copilotSessionId', pairedField: null },
  { flavor: 'qwen', label: 'Qwen Code', tokenField: 'qwenSessionId', pairedField: null },
  { flavor: 'grok', label: 'Grok', tokenField: 'grokSessionId', pairedField: null },
  { flavor: 'pi', label: 'Pi', tokenField: 'piSessionId', pairedField: null },
  { flavor: 'agy', label: 'Antigravity', tokenField: 'agySessionId', pairedField: null },
  { flavor: 'dsh', label: 'DeepSeek Harness', tokenField: null, pairedField: null },
] as const satisfies readonly AgentEntry[]

export type Flavor = (typeof AGENTS)[number]['flavor']
export type TokenField = NonNullable<(typeof AGENTS)[number]['tokenField']>
export type TokenFlavor = Extract<(typeof AGENTS)[number], { tokenField: string }>['flavor']

/** What kind of protected field a name is. */
export type ProtectedKind = 'identity' | 'routing' | 'token' | 'paired'

const byFlavor: ReadonlyMap<string, AgentEntry> = new Map(AGENTS.map((agent) => [agent.flavor, agent]))

const kinds: ReadonlyMap<string, ProtectedKind> = new Map<string, ProtectedKind>([
  ['path', 'identity'],
  ['host', 'identity'],
  ['flavor', 'routing'],
  ['machineId', 'routing'],
  ...AGENTS.flatMap((agent: AgentEntry): [string, ProtectedKind][] => [
    ...(agent.tokenField === null ? [] : [[agent.tokenField, 'token'] as [string, ProtectedKind]]),
    ...(agent.pairedField === null ? [] : [[agent.pairedField, 'paired'] as [string, ProtectedKind]]),
  ]),
])

const partners: ReadonlyMap<string, string> = new Map(
  AGENTS.flatMap((agent: AgentEntry): [string, string][] =>
    agent.tokenField === null || agent.pairedField === null
      ? []
      : [
          [agent.tokenField, agent.pairedField],
          [agent.pairedField, agent.tokenField],
        ],
  ),
)

const flavors: ReadonlyMap<string, AgentEntry> = new Map(
  AGENTS.flatMap((agent: AgentEntry): [string, AgentEntry][] =>
    agent.tokenField === null ? [] : [[agent.tokenField, agent]],
  ),
)

/** Every field that no write removes by leaving it out, in a fixed order. */
export const PROTECTED_FIELDS: readonly string[] = [...kinds.keys()]

/** Every field that holds a resume token. */
export const TOKEN_FIELDS: readonly string[] = [...flavors.keys()]

/** The entry of a flavor, or undefined for one that Holdfast does not know; such a one is never taken for another. */
export function agentOf(flavor: string): AgentEntry | undefined {
  return byFlavor.get(flavor)
}

/** The agent whose resume token a field holds. */
export function agentOfTokenField(field: string): AgentEntry | undefined {
  return flavors.get(field)
}

export function protectedKind(field: string): ProtectedKind | undefined {
  return kinds.get(field)
}

/** The other field of a pair: of a token its paired field, of a paired field its token. */
export function partnerOf(field: string): string | undefined {
  return partners.get(field)
}
