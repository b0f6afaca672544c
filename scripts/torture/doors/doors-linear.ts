import type { Bench } from '../bench.ts'
import { floor, mergeReports, type Report } from '../finding.ts'
import { between } from '../random.ts'
import { needsNothing, type Scenario } from '../scenario.ts'
import type { Crew } from './crew.ts'
import { CuttingProxy } from './cutting-proxy.ts'
import { DoorLane } from './door-lane.ts'
import type { HubProcess } from './hub-process.ts'
import { pause } from './pause.ts'

/**
 * Clients whose connections are cut write to shared sessions, and read them; now and then the hub is killed. What they
 * saw could have happened one after the other, each write one version further.
 */
export const doorsLinear: Scenario = {
  name: 'doors-linear',
  obstacle: needsNothing,
  async run(bench, trial) {
    const writes = trial.reduced ? 2000 : bench.scale(10_000, 50_000)
    const lanes = trial.runtimes.map(async (runtime) =>
      writeMuch(bench, await DoorLane.open(bench, { trial, runtime, name: 'doors-linear' }), writes),
    )
    return mergeReports(await Promise.all(lanes))
  },
}

const SIZE = { clients: 32, sessions: 8, calls: 3 }
/** The hub is killed after so many writes, again and again. */
const WRITES_PER_LIFE = 2500
/** The others come too late, or are cut off. */
const LEAST_ACKED = 0.4
const CUT_EVERY_MS = 25
/** A life in which this is not enough for its writes has come to a standstill. */
const LIFE_MS = 60_000

async function writeMuch(bench: Bench, lane: DoorLane, writes: number): Promise<Report> {
  await using proxy = await CuttingProxy.open(lane.port, lane.random)
  let crew: Crew | null = null
  let kills = 0
  try {
    while (lane.ledger.writes < writes && lane.isSound) {
      const hub = await lane.start()
      if (hub === null) break
      crew ??= await lane.crew(SIZE, proxy.url)
      await crew.readAll()
      const until = Math.min(writes, lane.ledger.writes + WRITES_PER_LIFE)
      await live(lane, { hub, crew, proxy, until })
      await endLife(lane, { hub, crew, isLast: until >= writes })
      kills += until >= writes ? 0 : 1
      bench.progress(
        `doors-linear on ${lane.runtime.name}: ${lane.ledger.writes} of ${writes} writes, ${proxy.cuts} cuts`,
      )
    }
    await lane.check()
  } finally {
    await crew?.close()
  }
  if (lane.isSound) {
    lane.findings.push(...floor('acks', lane.ledger.acks, writes * LEAST_ACKED))
    lane.findings.push(...floor('cuts', proxy.cuts, writes / 200))
  }
  return lane.end({ writes: lane.ledger.writes, kills, cuts: proxy.cuts })
}

interface Life {
  readonly hub: HubProcess
  readonly crew: Crew
}

async function live(
  lane: DoorLane,
  { hub, crew, proxy, until }: Life & { proxy: CuttingProxy; until: number },
): Promise<void> {
  const end = Date.now() + LIFE_MS
  crew.light.go()
  while (lane.ledger.writes < until && hub.end === null && Date.now() < end && lane.isSound) {
    await pause(between(lane.random, 1, 2 * CUT_EVERY_MS))
    proxy.cut()
  }
  if (hub.end !== null) lane.fell(hub)
  if (Date.now() >= end)
    lane.findings.push({
      kind: 'hang',
      what: `only ${lane.ledger.writes} of ${until} writes were made in time`,
    })
}

/** Killed in the middle of everything; the last time in peace, after everybody knows everything. */
async function endLife(lane: DoorLane, { hub, crew, isLast }: Life & { isLast: boolean }): Promise<void> {
  if (!isLast) hub.kill()
  await crew.light.stop()
  if (isLast) await lane.endInPeace(hub, crew)
  await hub.ended
}
