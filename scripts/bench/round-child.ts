// Measures one variant, a round whenever the parent says so.
import { commands, jobOf, say, untilIdle } from './child-talk.ts'
import { documentOf } from './documents.ts'
import { aboutThisProcess, openEngine, type Engine } from './engine.ts'
import type { Variant } from './variant.ts'
import { Workload } from './workload.ts'

export interface RoundJob {
  readonly variant: Variant
  readonly database: string
  /** The database holds its sessions already. */
  readonly filled: boolean
}

async function fill(engine: Engine, { sessions, documentBytes }: Variant): Promise<void> {
  for (let index = 0; index < sessions; index += 1)
    await engine.create(index, documentOf(index, documentBytes))
}

const { variant, database, filled } = jobOf<RoundJob>()
const engine = await openEngine(variant, database)
if (!filled) await fill(engine, variant)
await untilIdle()
const workload = new Workload(variant, engine)
say(await aboutThisProcess())
for await (const milliseconds of commands()) say(await workload.round(Number(milliseconds)))
await engine.close()
process.exit(0)
