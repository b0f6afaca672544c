// Stands in for Claude Code where the released client starts it: says its version, introduces itself to a program that
// asks for its tools, and in a terminal tells its hooks of its conversation, as the real one does.
import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { mcpTool } from './mcp-tool.ts'
import { StandIn } from './stand-in.ts'

interface HookSettings {
  readonly hooks?: { readonly [event: string]: readonly { readonly hooks: readonly { command: string }[] }[] }
}

const args = process.argv.slice(2)

function optionOf(name: string): string | undefined {
  const at = args.indexOf(name)
  return at < 0 ? undefined : args[at + 1]
}

function introduce(id: string): void {
  const about = { session_id: id, cwd: process.cwd(), model: 'stand-in', tools: ['Bash', 'Read'] }
  const rest = { slash_commands: ['cost'], permissionMode: 'default', apiKeySource: 'none', mcp_servers: [] }
  console.log(JSON.stringify({ type: 'system', subtype: 'init', ...about, ...rest }))
  const figures = { num_turns: 1, duration_ms: 1, duration_api_ms: 1, total_cost_usd: 0, usage: {} }
  const result = { type: 'result', subtype: 'success', is_error: false, session_id: id, result: 'hello' }
  console.log(JSON.stringify({ ...result, ...figures }))
}

/** Where Claude keeps conversations: a client looks there before it resumes one. */
function transcriptOf(id: string): string {
  const folder = join(homedir(), '.claude/projects', process.cwd().replaceAll(/[^A-Za-z0-9]/g, '-'))
  mkdirSync(folder, { recursive: true })
  return join(folder, `${id}.jsonl`)
}

function writeTranscript(id: string): void {
  const about = { sessionId: id, cwd: process.cwd(), uuid: randomUUID(), parentUuid: null }
  const line = { type: 'user', ...about, timestamp: new Date().toISOString(), isSidechain: false }
  const message = { role: 'user', content: 'what the person typed' }
  appendFileSync(transcriptOf(id), `${JSON.stringify({ ...line, userType: 'external', message })}\n`)
}

/** The hooks that the settings name, each with the event on its standard input. */
function tellHooks(id: string, source: string): void {
  const settings = optionOf('--settings')
  if (settings === undefined) return
  const { hooks } = JSON.parse(readFileSync(settings, 'utf8')) as HookSettings
  const event = { session_id: id, transcript_path: transcriptOf(id), cwd: process.cwd() }
  const input = JSON.stringify({ ...event, hook_event_name: 'SessionStart', source })
  for (const { command } of (hooks?.['SessionStart'] ?? []).flatMap((matcher) => matcher.hooks))
    spawnSync('sh', ['-c', command], { input, stdio: ['pipe', 'ignore', 'ignore'] })
}

/** The address of the tools that the client offers its agent. */
function toolsAddress(): string {
  const config = JSON.parse(optionOf('--mcp-config') ?? '{}') as {
    readonly mcpServers?: { readonly hapi?: { readonly url?: string } }
  }
  return config.mcpServers?.hapi?.url ?? ''
}

function converse(self: StandIn, id: string, source: string): void {
  writeTranscript(id)
  tellHooks(id, source)
  self.converses(id)
}

async function main(): Promise<void> {
  if (args.includes('--version')) return console.log('2.1.329 (Claude Code)')
  const resumed = optionOf('--resume')
  if (args.includes('--print')) return introduce(randomUUID())
  const self = new StandIn('claude', args)
  converse(self, resumed ?? randomUUID(), resumed === undefined ? 'startup' : 'resume')
  await self.obey(async (order) => {
    if (order.order === 'title') return mcpTool(toolsAddress(), 'change_title', { title: order.title })
    converse(self, order.id, 'clear')
  })
}

await main()
