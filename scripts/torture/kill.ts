import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { launch } from './child-process.ts'
import { floor, mergeReports, type Finding, type Report } from './finding.ts'
import { between, chance, mixSeeds, pick, seeded, type Random } from './random.ts'
import type { Runtime } from './runtimes.ts'
import { FIRST_ACK } from './say.ts'
import { needsNothing, type Scenario, type Trial } from './scenario.ts'
import { parseLog } from './write-log.ts'
import type { WriterSettings } from './writer.ts'

/** A hub is killed at a random moment, again and again on the same file, and nothing that it acknowledged is gone. */
export const kill: Scenario = {
  name: 'kill',
  obstacle: needsNothing,
  async run(bench, trial) {
    const lanes = trial.runtimes.map((runtime) => {
      const full = runtime.name === 'node' ? bench.scale(40, 1000) : bench.scale(20, 1000)
      return new KillLane(bench, trial, runtime).run(trial.reduced ? 12 : full)
    })
    return mergeReports(await Promise.all(lanes))
  },
}

/** A database is used for so many kills before a new one takes its place. */
const KILLS_PER_DATABASE = 8
const WRITERS = 16
/** A machine that is busy with other things still gets this far before a kill. */
const LEAST_ACKS_PER_KILL = 5

class KillLane {
  readonly #bench: Bench
  readonly #trial: Trial
  readonly #runtime: Runtime
  readonly #random: Random
  #folder = ''
  #logs: string[] = []
  #acks = 0
  #kills = 0
  #checks = 0
  #repeated = 0
  #settled = 0
  readonly #findings: Finding[] = []

  constructor(bench: Bench, trial: Trial, runtime: Runtime) {
    this.#bench = bench
    this.#trial = trial
    this.#runtime = runtime
    this.#random = seeded(mixSeeds(bench.seed, runtime.name.length, 1))
  }

  async run(kills: number): Promise<Report> {
    for (let index = 0; index < kills && this.#findings.length === 0; index += 1) {
      if (index % KILLS_PER_DATABASE === 0) this.#startDatabase()
      await this.#killOnce(index)
      const isLast = index === kills - 1 || index % KILLS_PER_DATABASE === KILLS_PER_DATABASE - 1
      if (isLast || chance(this.#random, 0.6)) await this.#check()
      if (this.#kills % this.#bench.scale(10, 100) === 0)
        this.#bench.progress(
          `kill on ${this.#runtime.name}: ${this.#kills} of ${kills}, ${this.#acks} acknowledged`,
        )
    }
    if (this.#findings.length === 0)
      this.#findings.push(...floor('acks', this.#acks, this.#kills * LEAST_ACKS_PER_KILL))
    return {
      counts: {
        acks: this.#acks,
        kills: this.#kills,
        checks: this.#checks,
        repeated: this.#repeated,
        settled: this.#settled,
      },
      findings: this.#findings,
    }
  }

  #startDatabase(): void {
    if (this.#folder !== '') rmSync(this.#folder, { recursive: true, force: true })
    this.#folder = this.#bench.newFolder(`kill-${this.#runtime.name}`)
    this.#logs = []
  }

  async #killOnce(index: number): Promise<void> {
    const settings: WriterSettings = {
      database: join(this.#folder, 'holdfast.db'),
      workload: {
        seed: mixSeeds(this.#bench.seed, index),
        run: `${this.#runtime.name}-k${index}`,
        writers: WRITERS,
        operations: null,
      },
      checkpointPages: pick(this.#random, [40, 400, 4000]),
      cycles: 1,
      lifetimeMs: 30_000,
    }
    const logFile = join(this.#folder, `writer-${index}.log`)
    this.#logs.push(logFile)
    const command = this.#bench.command(this.#runtime, this.#trial.layout, 'writer', settings)
    const writer = launch(command, { logFile, lifetimeMs: 40_000 })
    await writer.said(FIRST_ACK)
    await new Promise((resolve) => setTimeout(resolve, this.#delay()))
    writer.kill()
    const ended = await writer.ended
    this.#kills += 1
    const events = parseLog(readFileSync(logFile, 'utf8'))
    this.#acks += events.filter((event) => event.e === 'ack').length
    const shut = events.find((event) => event.e === 'shut')
    if (shut !== undefined)
      this.#findings.push({ kind: 'refused-start', what: `${shut.code}: ${shut.message}` })
    else if (ended.signal !== 'SIGKILL')
      this.#findings.push({
        kind: 'harness',
        what: `the writer ended by itself (${ended.code}): ${ended.stderr}`,
      })
  }

  /** Mostly soon, while files are young; in the long run now and then after more work. */
  #delay(): number {
    const late = this.#bench.long && chance(this.#random, 0.25)
    return late ? between(this.#random, 60, 400) : between(this.#random, 5, 60)
  }

  async #check(): Promise<void> {
    const ownLog = join(this.#folder, 'checker.log')
    const isFirst = !this.#logs.includes(ownLog)
    const result = await this.#bench.checker(this.#runtime).check({
      database: join(this.#folder, 'holdfast.db'),
      logs: this.#logs,
      ownLog,
      seed: mixSeeds(this.#bench.seed, this.#kills),
      repeats: 10,
    })
    this.#checks += 1
    this.#repeated += result.repeated
    this.#settled += result.settled
    if (isFirst && result.settled > 0) this.#logs.push(ownLog)
    this.#findings.push(...result.findings)
  }
}
