import { agentOf } from '@holdfast/shared/agents/registry'
import type { AgentOrder } from './agents/announcement.ts'
import type { Fields } from './hub-view.ts'
import type { Peer } from './peer.ts'
import type { StartedProcess } from './started-process.ts'
import { until } from './until.ts'
import type { WireTap } from './wire-tap.ts'

/** Under which command each agent is looked for, where that is not its own name. */
const COMMANDS: { readonly [flavor: string]: string } = { cursor: 'agent' }

/**
 * Claude says its conversation in a terminal; the others say it at once where the client drives them, which they are when
 * a runner starts them. Where there is a runner, it would end those that it has not started.
 */
function argumentsOf(flavor: string): readonly string[] {
  return flavor === 'claude'
    ? ['claude']
    : [flavor, '--hapi-starting-mode', 'remote', '--started-by', 'runner']
}

/** The field that keeps the resume token of an agent. */
export function tokenField(flavor: string): string {
  const field = agentOf(flavor)?.tokenField
  if (field === undefined || field === null) throw new Error(`${flavor} keeps no token.`)
  return field
}

/** Whether a client that runs Claude has said all that it says at its start, in whichever order. */
export function isAllSaid(fields: Fields): boolean {
  const capabilities = fields['capabilities'] as Fields | undefined
  const added = ['hapiMcpUrl', 'startingMode', 'slashCommands'].every((field) => field in fields)
  return added && capabilities !== undefined && 'conversationHistory' in capabilities
}

/** The fields of a session that are not there afterwards. */
export function lostFields(before: Fields, after: Fields): string[] {
  return Object.keys(before).filter((field) => !(field in after))
}

/** A session that somebody starts on a machine, as in a terminal: the client's process and the agent under it. */
export class AgentSession implements AsyncDisposable {
  readonly process: StartedProcess
  readonly #peer: Peer
  readonly #flavor: string
  /** What had been announced before, by others. */
  readonly #before: number

  constructor(peer: Peer, flavor: string, args = argumentsOf(flavor)) {
    this.#peer = peer
    this.#flavor = flavor
    this.#before = peer.announcements().length
    this.process = peer.start(args)
  }

  /** The id under which the client has created the session in our hub. */
  id(tap: WireTap): Promise<string> {
    return until(`the session of ${this.#flavor} is created`, () => {
      this.#mustRun()
      return createdBy(tap, this.process.pid)
    })
  }

  /** The agent's own id for the conversation, as the agent says it. */
  token(): Promise<string> {
    return until(`${this.#flavor} has a conversation`, () => {
      this.#mustRun()
      const own = this.#own().filter((said) => said.event === 'conversation')
      return own.at(-1)?.id
    })
  }

  /** The words with which the agent was started. */
  agentArguments(): Promise<readonly string[]> {
    return until(`${this.#flavor} is started`, () => this.#started()?.args)
  }

  /** Tells the agent to do something, once it has taken what it was told before. */
  async order(order: AgentOrder): Promise<void> {
    const started = this.#started()
    if (started === undefined) throw new Error(`${this.#flavor} has not been started.`)
    await until(`${this.#flavor} takes its orders`, () => this.#peer.order(started.pid, order))
  }

  #started() {
    return this.#own().findLast((said) => said.event === 'started')
  }

  #own() {
    const command = COMMANDS[this.#flavor] ?? this.#flavor
    return this.#peer
      .announcements()
      .slice(this.#before)
      .filter(({ agent }) => agent === command)
  }

  #mustRun(): void {
    if (!this.process.runs) throw new Error(`the client ended at its start:\n${this.process.output}`)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.process[Symbol.asyncDispose]()
  }
}

/** The session that a process of the client has created. */
function createdBy(tap: WireTap, pid: number): string | undefined {
  for (const record of tap.records) {
    if (record.kind !== 'exchange' || record.status !== 200) continue
    if (record.method !== 'POST' || record.path !== '/cli/sessions') continue
    const { metadata } = JSON.parse(record.body) as { readonly metadata: Fields }
    if (metadata['hostPid'] === pid)
      return (JSON.parse(record.answer) as { readonly session: { readonly id: string } }).session.id
  }
  return undefined
}
