import { agentOf } from '@holdfast/shared/agents/registry'
import type { AgentOrder } from './agents/announcement.ts'
import type { Fields } from './hub-view.ts'
import type { Peer } from './peer.ts'
import type { StartedProcess } from './started-process.ts'
import { until } from './until.ts'
import type { WireTap } from './wire-tap.ts'

/** Under which command each agent is looked for, where that is not its own name. */
const COMMANDS: { readonly [flavor: string]: string } = { cursor: 'agent' }

/** In a terminal Claude shows itself; the others are driven by the client, which opens a conversation at once. */
const ARGUMENTS: { readonly [flavor: string]: readonly string[] } = { claude: ['claude'] }

/** The field that keeps the resume token of an agent. */
export function tokenField(flavor: string): string {
  const field = agentOf(flavor)?.tokenField
  if (field === undefined || field === null) throw new Error(`${flavor} keeps no token.`)
  return field
}

/** A session that somebody starts on a machine, as in a terminal: the client's process and the agent under it. */
export class AgentSession implements AsyncDisposable {
  readonly process: StartedProcess
  readonly #peer: Peer
  readonly #flavor: string
  /** What had been announced before, by others. */
  readonly #before: number

  constructor(
    peer: Peer,
    flavor: string,
    args = ARGUMENTS[flavor] ?? [flavor, '--hapi-starting-mode', 'remote'],
  ) {
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

  order(order: AgentOrder): void {
    const started = this.#started()
    if (started === undefined) throw new Error(`${this.#flavor} has not been started.`)
    this.#peer.order(started.pid, order)
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
