import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { launch } from '../child-process.ts'
import { floor, mergeReports, type Finding, type FindingKind, type Report } from '../finding.ts'
import { mixSeeds } from '../random.ts'
import type { Runtime } from '../runtimes.ts'
import { needsNothing, type Scenario, type Trial } from '../scenario.ts'
import type { SimulatedSeed, SimulatorReport, SimulatorSettings } from './simulator.ts'

/**
 * Thousands of small worlds, each given by a number: hubs that are killed, programs that die, sleep and lie, and a network
 * that loses, delays and repeats. Nobody is ever let in beside somebody else, and no token is lost.
 */
export const runsSimulated: Scenario = {
  name: 'runs-simulated',
  obstacle: needsNothing,
  async run(bench, trial) {
    const seeds = Math.ceil((trial.reduced ? 400 : bench.scale(500, 10_000)) / trial.runtimes.length)
    const lanes = trial.runtimes.map((runtime, index) =>
      simulateOn(bench, { trial, runtime, firstSeed: (mixSeeds(bench.seed) + index * seeds) >>> 0, seeds }),
    )
    const report = mergeReports(await Promise.all(lanes))
    const isWhole = report.findings.length === 0
    return { ...report, findings: isWhole ? floors(report, seeds * trial.runtimes.length) : report.findings }
  },
}

/** Per hundred seeds: with less of it, it would prove nothing. */
const LEAST: { readonly [name: string]: number } = {
  seeds: 100,
  crashes: 100,
  'tokens handed out': 30,
  'claims held': 200,
  'ended by the hub': 100,
  lease_lost: 50,
  revived: 4,
  rejected: 8,
  'starts of runners': 25,
  'resume resumed': 10,
  implicit: 30,
}

function floors({ counts }: Report, seeds: number): Finding[] {
  return Object.entries(LEAST).flatMap(([name, least]) =>
    floor(name, counts[name] ?? 0, Math.floor((least * seeds) / 100)),
  )
}

interface Lane {
  readonly trial: Trial
  readonly runtime: Runtime
  readonly firstSeed: number
  readonly seeds: number
}

const START_MS = 60_000
/** A machine that is busy with other things still simulates a seed in this time. */
const SEED_MS = 1500
const SHOWN_STEPS = 60

async function simulateOn(bench: Bench, { trial, runtime, firstSeed, seeds }: Lane): Promise<Report> {
  const logFile = join(bench.newFolder('runs-simulated'), 'report.json')
  const lifetimeMs = START_MS + seeds * SEED_MS
  const settings: SimulatorSettings = { firstSeed, seeds, lifetimeMs, goesOn: false, steps: SHOWN_STEPS }
  const command = bench.command(runtime, trial.layout, 'runs/simulator', settings)
  const ended = await launch(command, { logFile, lifetimeMs }).ended
  const report = reportIn(readFileSync(logFile, 'utf8'))
  bench.progress(`runs-simulated on ${runtime.name}: ${report?.counts['seeds'] ?? 0} of ${seeds} seeds`)
  if (ended.code !== 0 || report === null) {
    const what = `the simulation on ${runtime.name} ended with ${ended.signal ?? ended.code}: ${ended.stderr}`
    return { counts: {}, findings: [{ kind: 'harness', what }] }
  }
  for (const failed of report.failed) bench.progress(told(failed))
  return { counts: report.counts, findings: report.failed.flatMap(findingsOf) }
}

function reportIn(text: string): SimulatorReport | null {
  return text.trim() === '' ? null : (JSON.parse(text) as SimulatorReport)
}

function findingsOf({ seed, findings }: SimulatedSeed): Finding[] {
  return findings.map(({ kind, what }) => ({ kind: kind as FindingKind, what: `seed ${seed}, ${what}` }))
}

/** For whoever looks for the mistake. */
function told({ seed, steps }: SimulatedSeed): string {
  return [`runs-simulated: seed ${seed} ends with these steps`, ...steps].join('\n    ')
}
