import { readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { floor, mergeReports, type Report } from '../finding.ts'
import { mixSeeds, seeded } from '../random.ts'
import { needsNothing, type Scenario } from '../scenario.ts'
import type { Crew } from './crew.ts'
import { DoorHttp } from './door-http.ts'
import { DoorLane } from './door-lane.ts'
import type { FuzzTarget } from './fuzz/fuzz-world.ts'
import { FuzzWorker, type SentInput } from './fuzz/fuzz-worker.ts'
import type { HubProcess } from './hub-process.ts'
import { residentMegabytes } from './resident-megabytes.ts'
import { uuidOf } from './uuid-of.ts'

/** Whatever comes in at the doors, the hub lives, serves everybody else, keeps its memory, and tells nobody the token. */
export const doorsFuzz: Scenario = {
  name: 'doors-fuzz',
  obstacle: needsNothing,
  async run(bench, trial) {
    const inputs = trial.reduced ? 2000 : bench.scale(10_000, 500_000)
    const lanes = trial.runtimes.map(async (runtime) => {
      const lane = await DoorLane.open(bench, { trial, runtime, name: 'doors-fuzz', logLevel: 'debug' })
      return new FuzzLane(bench, lane, trial.reduced ? { inputs, ...BRIEF } : { inputs, ...WHOLE }).run()
    })
    return mergeReports(await Promise.all(lanes))
  },
}

const WORKERS = 8
const BATCH = 1000
/** After so much of it the hub has met everything once, and its heap has the size it needs; from there on it is watched. */
const WARM = 0.2
/** A group of inputs has one answer, and many inputs end their connection instead. */
const LEAST_ANSWERED = 0.03
const MOST_GROWTH_MB = 150
/** The clients whose calls must go on as if nothing were, in namespaces of their own. */
const SIZE = { clients: 4, sessions: 2, calls: 1 }
const HEALTH_MS = 10_000
/** So much of a token is no coincidence. */
const TELLING = 8

interface Amount {
  readonly inputs: number
  /** How long an answer that has to come is waited for. */
  readonly patienceMs: number
  /** What was sent last stays in a file where something was found. */
  readonly keepsInputs: boolean
}

const WHOLE = { patienceMs: 15_000, keepsInputs: true } as const
/** Where something is wrong on purpose, it shows soon, and nobody looks for it afterwards. */
const BRIEF = { patienceMs: 3000, keepsInputs: false } as const

class FuzzLane {
  readonly #bench: Bench
  readonly #lane: DoorLane
  readonly #amount: Amount
  #batch: SentInput[] = []
  #sent = 0
  #answered = 0
  #warmMb = 0
  #mostMb = 0

  constructor(bench: Bench, lane: DoorLane, amount: Amount) {
    this.#bench = bench
    this.#lane = lane
    this.#amount = amount
  }

  async run(): Promise<Report> {
    const lane = this.#lane
    const { inputs } = this.#amount
    const hub = await lane.start()
    if (hub === null) return lane.end({ inputs: 0 })
    const crew = await lane.crew(SIZE)
    try {
      await crew.connected()
      await this.#fuzz(hub, crew)
      this.#lookForToken(hub)
      if (lane.isSound) await lane.endInPeace(hub, crew)
    } finally {
      hub.kill()
      await hub.ended
      await crew.close()
    }
    await lane.check()
    if (lane.isSound) {
      lane.findings.push(...floor('inputs', this.#sent, inputs))
      lane.findings.push(...floor('answers', this.#answered, inputs * LEAST_ANSWERED))
      lane.findings.push(...floor('acks', lane.ledger.acks, inputs / BATCH))
    } else if (this.#amount.keepsInputs) this.#keepBatch()
    const growth = Math.max(0, Math.round(this.#mostMb - this.#warmMb))
    return lane.end({
      inputs: this.#sent,
      answered: this.#answered,
      [`MB grown on ${lane.runtime.name}`]: growth,
    })
  }

  async #fuzz(hub: HubProcess, crew: Crew): Promise<void> {
    const lane = this.#lane
    const target = await this.#target()
    const workers = Array.from({ length: WORKERS }, (_, index) => this.#worker(target, index))
    while (this.#sent < this.#amount.inputs && lane.isSound) {
      this.#batch = []
      await Promise.all(workers.map((worker) => worker.send(Math.ceil(BATCH / WORKERS))))
      await this.#look(hub, crew)
      if (this.#sent % (BATCH * this.#bench.scale(5, 50)) < BATCH) this.#tell()
    }
    for (const worker of workers) worker.close()
  }

  #tell(): void {
    const megabytes = `${this.#mostMb.toFixed(0)} MB at most`
    this.#bench.progress(
      `doors-fuzz on ${this.#lane.runtime.name}: ${this.#sent} of ${this.#amount.inputs}, ${megabytes}`,
    )
  }

  /** Sessions in a namespace that nobody else uses, so that what the good clients made is only theirs. */
  async #target(): Promise<FuzzTarget> {
    const { url, token, random } = this.#lane
    const http = new DoorHttp(url, () => token)
    const sessions = [uuidOf(random), uuidOf(random), uuidOf(random)]
    for (const [index, id] of sessions.entries()) {
      const metadata = {
        path: '/home/dev',
        host: 'host',
        flavor: 'claude',
        claudeSessionId: `token-${index}`,
      }
      const made = await http.create('default', { tag: `fuzz-target-${index}`, id, metadata })
      if (made.kind !== 'answered' || made.status !== 200)
        throw new Error(`The session to fuzz was not made: ${JSON.stringify(made)}`)
    }
    return { sessions, machine: 'machine-to-fuzz', token }
  }

  #worker(target: FuzzTarget, index: number): FuzzWorker {
    const lane = this.#lane
    return new FuzzWorker({
      port: lane.port,
      target,
      random: seeded(mixSeeds(lane.seed, index)),
      sent: (input) => {
        this.#sent += 1
        this.#batch.push(input)
      },
      patienceMs: this.#amount.patienceMs,
      goesOn: () => lane.isSound,
      answered: () => (this.#answered += 1),
      silent: (what) => lane.findings.push({ kind: 'unanswered', what }),
    })
  }

  /** Is it there, does it serve, and what does it hold? */
  async #look(hub: HubProcess, crew: Crew): Promise<void> {
    const { findings, url } = this.#lane
    if (hub.end !== null) return this.#lane.fell(hub)
    const health = await statusOf(`${url}/healthz`)
    if (health !== 200) findings.push({ kind: 'fell', what: `/healthz answers ${health}` })
    await crew.converge(HEALTH_MS)
    const megabytes = residentMegabytes(hub.pid ?? 0)
    if (this.#sent <= this.#amount.inputs * WARM + BATCH) this.#warmMb = Math.max(this.#warmMb, megabytes)
    this.#mostMb = Math.max(this.#mostMb, megabytes)
    const growth = this.#mostMb - this.#warmMb
    if (growth <= MOST_GROWTH_MB) return
    const what = `the hub grew by ${growth.toFixed(0)} MB to ${this.#mostMb.toFixed(0)} MB`
    findings.push({ kind: 'memory', what })
  }

  #lookForToken(hub: HubProcess): void {
    const printed = hub.output + readFileSync(hub.errorFile, 'utf8')
    const { token, findings } = this.#lane
    for (let at = 0; at + TELLING <= token.length; at += 1) {
      const part = token.slice(at, at + TELLING)
      const where = printed.indexOf(part)
      if (where < 0) continue
      const line = printed
        .slice(Math.max(0, where - 100), where + 100)
        .replaceAll(part, '<part of the token>')
      findings.push({ kind: 'leak', what: `the hub printed ${TELLING} characters of the token: ${line}` })
      return
    }
  }

  /** What was sent last, a line each, for whoever looks for the one that did it. */
  #keepBatch(): void {
    const file = join(tmpdir(), `holdfast-fuzz-${this.#bench.seed}-${this.#lane.runtime.name}.jsonl`)
    const lines = this.#batch.map(({ door, bytes }) =>
      JSON.stringify({ door, base64: bytes.toString('base64') }),
    )
    writeFileSync(file, `${lines.join('\n')}\n`)
    this.#lane.findings.push({ kind: 'harness', what: `the last ${lines.length} inputs are in ${file}` })
  }
}

async function statusOf(url: string): Promise<number | string> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(HEALTH_MS) })).status
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
