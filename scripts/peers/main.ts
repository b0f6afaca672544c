// Runs the released client against our hub, as it is: its runner, its sessions, its resume, with stand-ins for agents.
// Nothing of it is part of this repository; it is fetched from its registry and kept in a cache.
import { parseArgs } from 'node:util'
import { countedRun } from '../counted-run.ts'
import { repositoryRoot } from '../repository.ts'
import { killAllOnExit } from '../torture/child-process.ts'
import { findRuntimes, type Runtime } from '../torture/runtimes.ts'
import { Abandoned, Checks } from './checks.ts'
import { findPeerProgram } from './peer-program.ts'
import type { Scenario } from './scenario.ts'
import { away } from './scenarios/away.ts'
import { device } from './scenarios/device.ts'
import { edited } from './scenarios/edited.ts'
import { ended } from './scenarios/ended.ts'
import { everyAgent } from './scenarios/every-agent.ts'
import { handedOver } from './scenarios/handed-over.ts'
import { oddTitles } from './scenarios/odd-titles.ts'
import { killed } from './scenarios/killed.ts'
import { crashed, stopped } from './scenarios/restarted.ts'
import { resumed } from './scenarios/resumed.ts'
import { runner } from './scenarios/runner.ts'
import { spawned } from './scenarios/spawned.ts'
import { strangers } from './scenarios/strangers.ts'
import { toldToStop } from './scenarios/told-to-stop.ts'
import { judgeWire, SENT_AWAY } from './wire-judge.ts'
import { openWorld, type World, type WorldSettings } from './world.ts'

const SCENARIOS: readonly Scenario[] = [
  runner,
  spawned,
  killed,
  toldToStop,
  ended,
  edited,
  oddTitles,
  resumed,
  handedOver,
  everyAgent,
  strangers,
  device,
  crashed,
  stopped,
  away,
]
const SHOWN = 5

interface Options {
  readonly runtime: 'node' | 'bun'
  readonly scenarios: readonly Scenario[]
  readonly keep: boolean
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: { runtime: { type: 'string' }, only: { type: 'string' }, keep: { type: 'boolean' } },
  })
  const runtime = values.runtime ?? 'node'
  if (runtime !== 'node' && runtime !== 'bun') throw new Error(`the runtime ${runtime} is not node or bun`)
  const names = values.only?.split(',') ?? SCENARIOS.map(({ name }) => name)
  const unknown = names.filter((name) => !SCENARIOS.some((scenario) => scenario.name === name))
  if (unknown.length > 0) {
    const known = SCENARIOS.map(({ name }) => name).join(', ')
    throw new Error(`${unknown.join(', ')} is not one of ${known}`)
  }
  const scenarios = SCENARIOS.filter(({ name }) => names.includes(name))
  return { runtime, scenarios, keep: values.keep ?? false }
}

function list(lines: readonly string[]): string {
  const shown = [`${lines.length} in all`, ...lines.slice(0, SHOWN)]
  return shown.map((line) => line.slice(0, 400)).join('\n         ')
}

/** What must hold whatever the story was: each side has understood the other. */
function checkUnderstanding({ tap, peer, hub }: World, { sendsAway }: Scenario, checks: Checks): void {
  const misfits = judgeWire(tap.records).filter((misfit) => sendsAway !== true || !misfit.includes(SENT_AWAY))
  checks.holds(
    `all that was said fits the protocol (${tap.records.length} messages)`,
    misfits.length === 0,
    list(misfits),
  )
  const complaints = peer.complaints()
  checks.holds('the client complains of nothing', complaints.length === 0, list(complaints))
  const faults = hub.output.split('\n').filter((line) => /"level":(?:50|60)|\(internal\)/.test(line))
  checks.holds('the hub reports no fault', faults.length === 0, list(faults))
}

async function runScenario(settings: WorldSettings, scenario: Scenario, checks: Checks): Promise<void> {
  console.log(`${scenario.name}: ${scenario.shows}`)
  const started = Date.now()
  try {
    await using world = await openWorld(settings)
    try {
      await scenario.run(world, checks)
    } catch (error) {
      // The check that could not be made has been counted; whatever else is wrong is a failure of its own.
      if (!(error instanceof Abandoned)) throw error
    } finally {
      checkUnderstanding(world, scenario, checks)
    }
  } catch (error) {
    checks.holds(
      'the scenario runs to its end',
      false,
      error instanceof Error ? (error.stack ?? error.message) : String(error),
    )
  }
  console.log(`  (${((Date.now() - started) / 1000).toFixed(1)} s)`)
}

function runtimeNamed(root: string, name: Options['runtime']): Runtime {
  const found = findRuntimes(root).find((runtime) => runtime.name === name)
  if (found === undefined) throw new Error(`${name} is not installed`)
  return found
}

async function main({ runtime, scenarios, keep }: Options): Promise<Checks> {
  const checks = new Checks()
  const root = repositoryRoot()
  const program = findPeerProgram(root)
  if (program.kind === 'unreachable') {
    const strict = process.env['CI'] === 'true'
    console.log(`SKIPPED: ${program.why}${strict ? ' (and nothing may be skipped here)' : ''}`)
    if (strict) checks.failed += 1
    return checks
  }
  killAllOnExit()
  console.log(`${program.name} against our hub on ${runtime}`)
  const settings = { root, runtime: runtimeNamed(root, runtime), program: program.path, keep }
  for (const scenario of scenarios) await runScenario(settings, scenario, checks)
  return checks
}

await countedRun({ name: 'peers', readOptions, run: main })
