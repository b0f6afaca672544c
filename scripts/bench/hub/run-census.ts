import { join } from 'node:path'
import type { BenchRoom } from '../bench-room.ts'
import type { CensusJob, CensusTimes } from '../census-child.ts'
import { BenchChild } from '../child-process.ts'
import { runtimeName } from '../groups.ts'
import type { Runtime } from '../variant.ts'

/** How many sessions get another verdict in one transaction. */
export const CHANGES = 1000

/** Counts the sessions of a home whose hub has ended; the database is of no use to a hub afterwards. */
export async function runCensus(room: BenchRoom, runtime: Runtime, home: string): Promise<CensusTimes> {
  room.tell(`census: without a hub, ${runtimeName(runtime)}`)
  const job: CensusJob = { database: join(home, 'holdfast.db'), changes: CHANGES }
  const child = new BenchChild(room.command(runtime), 'census-child.js', job)
  const times = await child.hear<CensusTimes>()
  await child.end()
  return times
}
