import type { Bench } from '../bench.ts'
import { floor, mergeReports, type Report } from '../finding.ts'
import { between, chance } from '../random.ts'
import type { Runtime } from '../runtimes.ts'
import { needsNothing, type Scenario, type Trial } from '../scenario.ts'
import type { Crew } from './crew.ts'
import { DoorLane } from './door-lane.ts'
import { pause } from './pause.ts'

/** The hub is killed while clients write through its doors, again and again; nothing that anyone was shown is gone. */
export const doorsKill: Scenario = {
  name: 'doors-kill',
  obstacle: needsNothing,
  async run(bench, trial) {
    const kills = trial.reduced ? 8 : bench.scale(30, 500)
    return mergeReports(
      await Promise.all(trial.runtimes.map((runtime) => killOften(bench, trial, { runtime, kills }))),
    )
  },
}

/** A home is used for so many kills before a new one takes its place. */
const KILLS_PER_HOME = 10
/** Traffic flows when so many writes of this life were acknowledged. */
const FLOWING = 15
const FLOWING_MS = 20_000
const LEAST_ACKS_PER_KILL = 12
const SIZE = { clients: 16, sessions: 4, calls: 2 }

async function killOften(
  bench: Bench,
  trial: Trial,
  { runtime, kills }: { runtime: Runtime; kills: number },
): Promise<Report> {
  const reports: Report[] = []
  let done = 0
  while (done < kills && reports.every(({ findings }) => findings.length === 0)) {
    const some = Math.min(KILLS_PER_HOME, kills - done)
    reports.push(
      await killHome(await DoorLane.open(bench, { trial, runtime, name: `doors-kill-${done}` }), some),
    )
    done += some
    const acks = reports.reduce((sum, { counts }) => sum + (counts['acks'] ?? 0), 0)
    bench.progress(`doors-kill on ${runtime.name}: ${done} of ${kills}, ${acks} acknowledged`)
  }
  const { counts, findings } = mergeReports(reports)
  const least = floor('acks', counts['acks'] ?? 0, (counts['kills'] ?? 0) * LEAST_ACKS_PER_KILL)
  return { counts, findings: findings.length === 0 ? least : findings }
}

/** One home, from its first start over all its kills to an end in peace. */
async function killHome(lane: DoorLane, kills: number): Promise<Report> {
  let crew: Crew | null = null
  let done = 0
  let checks = 0
  try {
    for (; done < kills && lane.isSound; done += 1) {
      crew = await killOnce(lane, crew)
      if (!chance(lane.random, 0.3)) continue
      await lane.check()
      checks += 1
    }
    if (lane.isSound && crew !== null) await finish(lane, crew)
    await lane.check()
  } finally {
    await crew?.close()
  }
  return lane.end({ kills: done, checks: checks + 1 })
}

async function killOnce(lane: DoorLane, before: Crew | null): Promise<Crew | null> {
  const hub = await lane.start()
  if (hub === null) return before
  const crew = before ?? (await lane.crew(SIZE))
  await crew.readAll()
  const { acks } = lane.ledger
  crew.light.go()
  const isFlowing = await lane.ledger.reaches(acks + FLOWING, FLOWING_MS)
  if (!isFlowing) lane.findings.push({ kind: 'harness', what: 'nothing was acknowledged after a start' })
  await pause(between(lane.random, 0, 80))
  if (hub.end !== null) lane.fell(hub)
  hub.kill()
  await Promise.all([hub.ended, crew.light.stop()])
  return crew
}

async function finish(lane: DoorLane, crew: Crew): Promise<void> {
  const hub = await lane.start()
  if (hub === null) return
  await crew.readAll()
  await lane.endInPeace(hub, crew)
}
