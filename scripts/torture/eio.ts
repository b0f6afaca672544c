import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { launch, type Ended } from './child-process.ts'
import { floor, mergeReports, type Finding, type Report } from './finding.ts'
import { between, mixSeeds, seeded, type Random } from './random.ts'
import type { Runtime } from './runtimes.ts'
import { STOPPED } from './say.ts'
import { needsTracer, type Scenario, type Trial } from './scenario.ts'
import { parseLog, type LogEvent } from './write-log.ts'
import type { WriterSettings } from './writer.ts'

/** The disk answers with an error: the write in flight is unknown, the hub stops, and a retry settles it once. */
export const eio: Scenario = {
  name: 'eio',
  obstacle: needsTracer,
  async run(bench, trial) {
    const lanes = trial.runtimes.map(async (runtime, index) => {
      const short = index === 0 ? 12 : 6
      const count = trial.reduced ? 4 : bench.scale(short, 60)
      const random = seeded(mixSeeds(bench.seed, runtime.name.length, 5))
      const reports: Report[] = []
      for (let round = 0; round < count; round += 1) {
        const fault = faultOf(round, random, trial.reduced)
        reports.push(await failOnce(bench, { trial, runtime, fault, round }))
      }
      bench.progress(`eio on ${runtime.name}: ${count} rounds`)
      return mergeReports(reports)
    })
    const report = mergeReports(await Promise.all(lanes))
    const { rounds = 0, stopped = 0, settled = 0, acks = 0 } = report.counts
    return {
      ...report,
      findings: [
        ...report.findings,
        ...floor('rounds in which the store stopped', stopped, Math.ceil(rounds / 2)),
        ...floor('acks', acks, rounds * 5),
        ...(trial.reduced ? [] : floor('unknown outcomes that a retry settled', settled, 1)),
      ],
    }
  },
}

interface Fault {
  readonly call: 'fdatasync,fsync' | 'pwrite64'
  readonly when: string
  /** It goes on failing, so that the store can not come through. */
  readonly lasting: boolean
}

/** While the file is being made, while it serves, once, and for good. */
function faultOf(round: number, random: Random, reduced: boolean): Fault {
  const call = round % 2 === 0 ? 'fdatasync,fsync' : 'pwrite64'
  const early = !reduced && round % 6 >= 4
  const range: [number, number] =
    call === 'fdatasync,fsync' ? (early ? [1, 4] : [10, 30]) : early ? [1, 40] : [150, 400]
  const lasting = round % 4 < 2
  return { call, when: `${between(random, ...range)}${lasting ? '+' : ''}`, lasting }
}

interface Round {
  readonly trial: Trial
  readonly runtime: Runtime
  readonly fault: Fault
  readonly round: number
}

async function failOnce(bench: Bench, { trial, runtime, fault, round }: Round): Promise<Report> {
  const folder = bench.newFolder('eio')
  const database = join(folder, 'holdfast.db')
  const log = join(folder, 'writer.log')
  const settings: WriterSettings = {
    database,
    workload: {
      seed: mixSeeds(bench.seed, round),
      run: `${runtime.name}-e${round}`,
      writers: 8,
      operations: 60,
    },
    checkpointPages: 4000,
    cycles: 1,
    lifetimeMs: 20_000,
  }
  const { call, when } = fault
  const inject = ['-e', `trace=${call}`, '-e', `inject=${call}:error=EIO:when=${when}`]
  const tracer = ['strace', '-f', '--seccomp-bpf', '-qq', '-o', '/dev/null', ...inject]
  const command = bench.command(runtime, trial.layout, 'writer', settings)
  const ended = await launch([...tracer, ...command], { logFile: log, lifetimeMs: 30_000 }).ended
  const events = parseLog(readFileSync(log, 'utf8'))
  const result = await bench
    .checker(runtime)
    .check({ database, logs: [log], ownLog: join(folder, 'checker.log'), seed: round, repeats: 20 })
  const findings = [...judge(events, ended), ...result.findings]
  rmSync(folder, { recursive: true, force: true })
  return {
    counts: {
      acks: result.acks,
      rounds: 1,
      stopped: events.some((event) => event.e === 'failed') ? 1 : 0,
      shut: events.some((event) => event.e === 'shut') ? 1 : 0,
      repeated: result.repeated,
      settled: result.settled,
    },
    findings: findings.map(({ kind, what }) => ({ kind, what: `${runtime.name}, ${call} ${when}: ${what}` })),
  }
}

/** Declined by a rule, which has nothing to do with the disk. */
const RULES = ['version-mismatch', 'token_not_found', 'invalid_version', 'history_pruned']
const IN_FAILURE = ['outcome_unknown', 'store_stopped']

function wrong(what: string): Finding {
  return { kind: 'not-stopped', what }
}

function judge(events: readonly LogEvent[], ended: Ended): Finding[] {
  const findings: Finding[] = []
  if (ended.outlived) findings.push({ kind: 'hang', what: 'the writer did not end by itself' })
  if (ended.signal !== null && !ended.outlived)
    findings.push(wrong(`the writer died of ${ended.signal}: ${ended.stderr}`))
  const failed = events.some((event) => event.e === 'failed')
  const shut = events.find((event) => event.e === 'shut')
  if ((failed || shut !== undefined) && ended.code !== STOPPED)
    findings.push(wrong(`the writer ended with code ${ended.code}: ${ended.stderr}`))
  if (!failed && shut === undefined && ended.code !== 0)
    findings.push(wrong(`the writer fell over (${ended.code}): ${ended.stderr}`))
  if (shut?.code.startsWith('not a') === true) findings.push(wrong(`the start failed with ${shut.code}`))
  const declined = events.flatMap((event) => (event.e === 'declined' ? [event.code] : []))
  for (const code of new Set(declined))
    if (!RULES.includes(code) && !IN_FAILURE.includes(code))
      findings.push(wrong(`a write was answered ${code}`))
  if (failed) findings.push(...judgeFailure(events, declined))
  return findings
}

function judgeFailure(events: readonly LogEvent[], declined: readonly string[]): Finding[] {
  const findings: Finding[] = []
  if (!declined.includes('outcome_unknown')) findings.push(wrong('no write was answered outcome_unknown'))
  const late = events.flatMap((event) => (event.e === 'called' ? [event] : []))
  for (const { call, code } of late) {
    const isRight = call === 'close' ? !code.startsWith('not a') : code === 'store_stopped'
    if (!isRight) findings.push(wrong(`after the failure, a ${call} was answered ${code}`))
  }
  const at = events.findIndex((event) => event.e === 'failed')
  if (events.slice(at).some((event) => event.e === 'ack'))
    findings.push(wrong('a write was acknowledged after it'))
  return findings
}
