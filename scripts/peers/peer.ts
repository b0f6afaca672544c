import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  AGENTS_FOLDER,
  announcements,
  orderFile,
  readIfThere,
  type AgentOrder,
  type Announcement,
} from './agents/announcement.ts'
import { installAgents } from './agents/install-agents.ts'
import { killIfThere, StartedProcess, type ProcessEnd } from './started-process.ts'

export interface PeerSettings {
  /** The released client's program. */
  readonly program: string
  /** Where everything of this machine lies. */
  readonly folder: string
  readonly hubUrl: string
  readonly token: string
}

/** What the released client writes where it does not understand an answer of ours. */
const COMPLAINT =
  /\bInvalid \S+.* response|Ignoring invalid|Error handling update|ZodError|Socket error:|Backfill failed/i

/** One machine on which the released client is used as it is, with a home of its own and stand-ins for agents. */
export class Peer {
  readonly project: string
  readonly home: string
  readonly #program: string
  readonly #agents: string
  readonly #env: NodeJS.ProcessEnv

  constructor({ program, folder, hubUrl, token }: PeerSettings) {
    const inFolder = (name: string): string => {
      const path = join(folder, name)
      mkdirSync(path, { recursive: true })
      return path
    }
    this.#program = program
    this.project = inFolder('project')
    this.home = inFolder('client')
    this.#agents = inFolder('agents')
    const commands = inFolder('bin')
    installAgents(commands)
    this.#env = {
      PATH: `${commands}:/usr/bin:/bin`,
      HOME: inFolder('home'),
      TMPDIR: inFolder('tmp'),
      HAPI_HOME: this.home,
      HAPI_API_URL: hubUrl,
      CLI_API_TOKEN: token,
      [AGENTS_FOLDER]: this.#agents,
    }
  }

  /** The same machine with other settings in its environment. */
  start(args: readonly string[], env: NodeJS.ProcessEnv = {}): StartedProcess {
    return new StartedProcess([this.#program, ...args], { cwd: this.project, env: { ...this.#env, ...env } })
  }

  /** Runs a command to its end. */
  async run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<ProcessEnd & { output: string }> {
    await using started = this.start(args, env)
    const end = await started.ended
    return { ...end, output: started.output }
  }

  get machineId(): string {
    const { machineId } = JSON.parse(readFileSync(join(this.home, 'settings.json'), 'utf8')) as {
      readonly machineId: string
    }
    return machineId
  }

  announcements(): Announcement[] {
    return announcements(this.#agents)
  }

  /** Leaves an order for an agent; undefined while it has not taken the last one. */
  order(pid: number, order: AgentOrder): true | undefined {
    const file = orderFile(this.#agents, pid)
    if (existsSync(file)) return undefined
    // Moved there whole: the agent may look at any time.
    writeFileSync(`${file}.new`, JSON.stringify(order))
    renameSync(`${file}.new`, file)
    return true
  }

  /** The lines of its logs in which the released client does not understand what it was told. */
  complaints(): string[] {
    return this.#logs().flatMap((log) =>
      readIfThere(join(this.home, 'logs', log))
        .split('\n')
        .filter((line) => COMPLAINT.test(line))
        .map((line) => `${log}: ${line}`),
    )
  }

  /** Ends what is left: sessions that a runner has started outlive it, and each process names its log after itself. */
  killAll(): void {
    const processes = this.#logs().map((log) => Number(/-pid-(\d+)/.exec(log)?.[1] ?? 0))
    for (const pid of processes) if (this.#isOurs(pid)) killIfThere(pid)
    for (const { pid } of this.announcements()) if (this.#isOurs(pid)) killIfThere(pid)
  }

  #logs(): string[] {
    try {
      return readdirSync(join(this.home, 'logs')).filter((name) => name.endsWith('.log'))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
  }

  /** Numbers of processes are used again: only what still runs a program of this machine is ours. */
  #isOurs(pid: number): boolean {
    if (pid <= 1) return false
    const { stdout } = spawnSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
    return [this.#program, join(import.meta.dirname, 'agents')].some((ours) => stdout.includes(ours))
  }
}
