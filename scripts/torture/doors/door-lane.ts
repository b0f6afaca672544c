import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import type { Finding, Report } from '../finding.ts'
import { mixSeeds, seeded, type Random } from '../random.ts'
import type { Runtime } from '../runtimes.ts'
import type { Trial } from '../scenario.ts'
import { Crew, type CrewSettings } from './crew.ts'
import { freePort } from './free-port.ts'
import { HubNotStarted, HubProcess, type LogLevel } from './hub-process.ts'
import { Ledger } from './ledger.ts'
import { findOrderProblems } from './version-order.ts'

/** What is asked of a crew beside where it is. */
export type CrewSize = Pick<CrewSettings, 'clients' | 'sessions' | 'calls'>

export interface LaneSettings {
  readonly trial: Trial
  readonly runtime: Runtime
  readonly name: string
  readonly logLevel?: LogLevel
}

const CONVERGE_MS = 10_000
const TOKEN = 'x7Kq2mVw9TzRb4HdPcL8sNf3'

/** One hub's home on one runtime, and everything that was ever said through its doors. */
export class DoorLane {
  readonly runtime: Runtime
  readonly random: Random
  readonly ledger: Ledger
  readonly findings: Finding[] = []
  /** The root token of the hub. */
  readonly token = TOKEN
  readonly #bench: Bench
  readonly #trial: Trial
  readonly #logLevel: LogLevel
  readonly #folder: string
  readonly #port: number
  readonly #logs: string[]
  readonly #name: string

  private constructor(bench: Bench, at: LaneSettings, port: number) {
    this.#bench = bench
    this.#trial = at.trial
    this.runtime = at.runtime
    this.#name = at.name
    this.#logLevel = at.logLevel ?? 'warn'
    this.#port = port
    this.#folder = bench.newFolder(`${at.name}-${at.runtime.name}`)
    this.random = seeded(this.seed)
    this.ledger = new Ledger(join(this.#folder, 'clients.log'))
    this.#logs = [this.ledger.logFile]
  }

  static async open(bench: Bench, at: LaneSettings): Promise<DoorLane> {
    return new DoorLane(bench, at, await freePort(seeded(mixSeeds(Date.now(), at.runtime.name.length))))
  }

  get port(): number {
    return this.#port
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  get seed(): number {
    return mixSeeds(this.#bench.seed, this.runtime.name.length, ...Buffer.from(this.#name))
  }

  get isSound(): boolean {
    return this.findings.length === 0 && this.ledger.findings.length === 0
  }

  /** On the same home and the same port as before; null where it does not start, which is a finding. */
  async start(): Promise<HubProcess | null> {
    const home = join(this.#folder, 'home')
    const { runtime, token } = this
    const { hub: program } = this.#trial.layout
    const logLevel = this.#logLevel
    try {
      return await HubProcess.start({ runtime, program, home, port: this.#port, token, logLevel })
    } catch (error) {
      if (!(error instanceof HubNotStarted)) throw error
      this.findings.push({ kind: 'refused-start', what: error.message })
      return null
    }
  }

  crew(size: CrewSize, clientUrl = this.url): Promise<Crew> {
    const { url, ledger, seed, token } = this
    const name = `${this.#name}-${this.runtime.name}`
    return Crew.open({ ...size, name, clientUrl, url, token, ledger, seed })
  }

  /** What was cut off is sent again; then everybody knows everything, and the hub goes when it is told to. */
  async endInPeace(hub: HubProcess, crew: Crew): Promise<void> {
    const never = 'some mutations never got an answer, however often they were sent'
    if (!(await crew.settle())) this.findings.push({ kind: 'unanswered', what: never })
    await crew.converge(CONVERGE_MS)
    hub.terminate()
    const { code } = await hub.ended
    if (code !== 0) this.findings.push({ kind: 'end', what: `told to end, the hub ended: ${hub.ending()}` })
  }

  /** It ended, and nobody told it to. */
  fell(hub: HubProcess): void {
    this.findings.push({ kind: 'fell', what: `the hub ended by itself: ${hub.ending()}` })
  }

  /** With no hub running: holds what the file has, and the order of what was seen, against what was said. */
  async check(): Promise<{ readonly unanswered: number }> {
    this.ledger.flush()
    const ownLog = join(this.#folder, 'checker.log')
    const result = await this.#bench.checker(this.runtime).check({
      database: join(this.#folder, 'home', 'holdfast.db'),
      logs: this.#logs,
      ownLog,
      seed: this.seed,
      repeats: 20,
    })
    if (result.settled > 0 && !this.#logs.includes(ownLog)) this.#logs.push(ownLog)
    this.findings.push(...result.findings, ...findOrderProblems(this.ledger.observations()))
    return result
  }

  end(counts: Report['counts']): Report {
    rmSync(this.#folder, { recursive: true, force: true })
    const { acks, shown, told } = this.ledger
    return { counts: { acks, ...counts, shown, told }, findings: [...this.findings, ...this.ledger.findings] }
  }
}
