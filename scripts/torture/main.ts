// Kills, cuts off, fills and lies to the store and to the hub, on both runtimes, and demands that nothing acknowledged
// is ever lost.
// Then does the same to builds with a mistake in them, and demands that it shows.
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { countedRun } from '../counted-run.ts'
import { repositoryRoot } from '../repository.ts'
import type { BatchSettings } from './batch-writer.ts'
import { Bench } from './bench.ts'
import { killAllOnExit, launch } from './child-process.ts'
import { crashPoints } from './crash-points.ts'
import { diskFull } from './disk-full.ts'
import { DOOR_MUTANTS } from './doors/door-mutants.ts'
import { doorsBackup } from './doors/doors-backup.ts'
import { doorsFanOut } from './doors/doors-fan-out.ts'
import { doorsFull } from './doors/doors-full.ts'
import { doorsFuzz } from './doors/doors-fuzz.ts'
import { doorsKill } from './doors/doors-kill.ts'
import { doorsLinear } from './doors/doors-linear.ts'
import { doorsTerm } from './doors/doors-term.ts'
import { proveDoors } from './doors/prove-doors.ts'
import { eio } from './eio.ts'
import { kill } from './kill.ts'
import { STORE_MUTANTS, type TortureMutant } from './mutant-list.ts'
import { tryMutant } from './mutants.ts'
import { powerLoss } from './power-loss.ts'
import { findRuntimes } from './runtimes.ts'
import { RUN_MUTANTS } from './runs/run-mutants.ts'
import { runsSimulated } from './runs/runs-simulated.ts'
import type { Scenario } from './scenario.ts'
import { twoHubs } from './two-hubs.ts'

const SCENARIOS: readonly Scenario[] = [
  kill,
  crashPoints,
  powerLoss,
  eio,
  diskFull,
  twoHubs,
  doorsKill,
  doorsLinear,
  doorsTerm,
  doorsFuzz,
  doorsFull,
  doorsBackup,
  doorsFanOut,
  runsSimulated,
]
const MUTANTS: readonly TortureMutant[] = [...STORE_MUTANTS, ...DOOR_MUTANTS, ...RUN_MUTANTS]
const SHOWN_FINDINGS = 10

interface Tally {
  passed: number
  failed: number
}

const seconds = (since: number): string => `${((Date.now() - since) / 1000).toFixed(1)} s`
const count = (value: number): string => value.toLocaleString('en')

/** A skipped scenario is said loudly, and where everything has to run it is a failure. */
function skip(name: string, obstacle: string, tally: Tally): void {
  const fails = process.env['CI'] === 'true'
  console.log(`${name}: SKIPPED: ${obstacle}${fails ? ' (and nothing may be skipped here)' : ''}`)
  if (fails) tally.failed += 1
}

async function runScenario(bench: Bench, scenario: Scenario, tally: Tally): Promise<void> {
  const obstacle = scenario.obstacle(bench)
  if (obstacle !== null) return skip(scenario.name, obstacle, tally)
  const started = Date.now()
  const trial = { layout: bench.ownLayout, runtimes: bench.runtimes, reduced: false }
  const { counts, findings } = await scenario.run(bench, trial)
  const numbers = Object.entries(counts).map(([name, value]) => `${name} ${count(value)}`)
  for (const { kind, what } of findings.slice(0, SHOWN_FINDINGS))
    console.log(`  ${kind}: ${what.slice(0, 600)}`)
  if (findings.length > SHOWN_FINDINGS) console.log(`  and ${findings.length - SHOWN_FINDINGS} more findings`)
  const verdict = findings.length === 0 ? 'ok' : `FAILED with ${findings.length} findings`
  console.log(`${scenario.name}: ${verdict} (${numbers.join(', ')}, seed ${bench.seed}, ${seconds(started)})`)
  if (findings.length === 0) tally.passed += 1
  else tally.failed += 1
}

async function runMutant(bench: Bench, mutant: TortureMutant, tally: Tally): Promise<void> {
  const name = `mutant ${mutant.name}`
  const scenario = SCENARIOS.find((candidate) => candidate.name === mutant.scenario)
  if (scenario === undefined) throw new Error(`${name} names no scenario.`)
  const obstacle = scenario.obstacle(bench)
  if (obstacle !== null) return skip(name, obstacle, tally)
  const started = Date.now()
  const { caught, text } = await tryMutant(bench, mutant, scenario)
  console.log(`${name}: ${text} (${seconds(started)})`)
  if (caught) tally.passed += 1
  else tally.failed += 1
}

/** What can not even be tried has failed; the others go on. */
async function guarded(name: string, tally: Tally, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    tally.failed += 1
    console.log(`${name}: FAILED: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  }
}

/** A build that does not even start would fail every scenario, and pass for every mutant that is caught. */
async function proveStart(bench: Bench): Promise<void> {
  for (const runtime of bench.runtimes) {
    const folder = bench.newFolder('start')
    const settings: BatchSettings = { database: join(folder, 'holdfast.db'), batches: 2, run: 'first-steps' }
    const command = bench.command(runtime, bench.ownLayout, 'batch-writer', settings)
    const ended = await launch(command, { logFile: join(folder, 'log'), lifetimeMs: 30_000 }).ended
    if (ended.code !== 0) throw new Error(`the store does not open on ${runtime.name}: ${ended.stderr}`)
    await proveDoors(bench, runtime)
  }
}

interface Choice {
  readonly scenarios: readonly Scenario[]
  readonly mutants: readonly TortureMutant[]
}

function choose(only: string | undefined, mutant: string | undefined): Choice {
  if (mutant !== undefined) {
    const mutants = MUTANTS.filter(({ name }) => name === mutant)
    if (mutants.length === 0)
      throw new Error(`no mutant is named ${mutant}; there are ${MUTANTS.map(({ name }) => name).join(', ')}`)
    return { scenarios: [], mutants }
  }
  if (only === undefined) return { scenarios: SCENARIOS, mutants: MUTANTS }
  const names = only.split(',')
  const known = [...SCENARIOS.map(({ name }) => name), 'mutants']
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length > 0) throw new Error(`${unknown.join(', ')} is not one of ${known.join(', ')}`)
  return {
    scenarios: SCENARIOS.filter(({ name }) => names.includes(name)),
    mutants: names.includes('mutants') ? MUTANTS : [],
  }
}

interface Options extends Choice {
  readonly long: boolean
  readonly seed: number
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      long: { type: 'boolean' },
      only: { type: 'string' },
      seed: { type: 'string' },
      mutant: { type: 'string' },
    },
  })
  const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed)
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new Error(`the seed ${values.seed} is not a whole number`)
  return { long: values.long ?? false, seed, ...choose(values.only, values.mutant) }
}

async function main({ long, seed, scenarios, mutants }: Options): Promise<Tally> {
  const tally: Tally = { passed: 0, failed: 0 }
  const root = repositoryRoot()
  const runtimes = findRuntimes(root)
  for (const name of ['node', 'bun'] as const)
    if (!runtimes.some((runtime) => runtime.name === name))
      skip(`everything on ${name}`, 'it is not installed', tally)
  killAllOnExit()
  const bench = new Bench({ root, runtimes, seed, long })
  process.once('exit', () => bench.end())
  await proveStart(bench)
  const started = Date.now()
  for (const scenario of scenarios)
    await guarded(scenario.name, tally, () => runScenario(bench, scenario, tally))
  for (const mutant of mutants) await guarded(mutant.name, tally, () => runMutant(bench, mutant, tally))
  console.log(`torture took ${seconds(started)} with seed ${seed}`)
  bench.end()
  return tally
}

await countedRun({ name: 'torture', readOptions, run: main })
