import type { Bench } from '../bench.ts'
import type { Runtime } from '../runtimes.ts'
import { DoorLane } from './door-lane.ts'

const SIZE = { clients: 4, sessions: 2, calls: 1 }
const TOLD_MS = 10_000

/** A hub that does not even serve would fail every scenario of the doors, and pass for every mutant that is caught. */
export async function proveDoors(bench: Bench, runtime: Runtime): Promise<void> {
  const trial = { layout: bench.ownLayout, runtimes: [runtime], reduced: true }
  const lane = await DoorLane.open(bench, { trial, runtime, name: 'first-call', logLevel: 'warn' })
  const hub = await lane.start()
  if (hub === null) throw new Error(lane.findings[0]?.what)
  try {
    const crew = await lane.crew(SIZE)
    await crew.converge(TOLD_MS)
    await crew.close()
  } finally {
    hub.kill()
    await hub.ended
  }
  const { counts, findings } = lane.end({})
  if (findings.length > 0 || (counts['acks'] ?? 0) < SIZE.sessions)
    throw new Error(
      `the hub does not serve on ${runtime.name}: ${findings[0]?.what ?? 'nothing was acknowledged'}`,
    )
}
