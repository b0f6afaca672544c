// Opens a database that holds many sessions, and reads the first page of them.
import { commands, jobOf, say, untilIdle } from './child-talk.ts'
import { openSqliteStore } from '@holdfast/hub/store/sqlite/sqlite-store'
import { aboutThisProcess, NAMESPACE } from './engine.ts'
import { millisecondsOf } from './milliseconds-of.ts'
import { timedLots } from './timed-lots.ts'

export interface StartJob {
  readonly database: string
}

export interface Started {
  /** From the call that opens the store to the first page in hand. */
  readonly openMs: number
  /** From the start of the process, its runtime and modules included, to the first page in hand. */
  readonly processMs: number
}

/** The medians of lots of pages. */
export interface Paged {
  readonly pagesMs: readonly number[]
}

const PAGE = { namespace: NAMESPACE, limit: 50 }
const LOTS = { lots: 5, each: 200 }

async function firstPage(): Promise<void> {
  const page = await store.listSessions(PAGE)
  if (page.items.length !== PAGE.limit) throw new Error('The first page is not full.')
}

async function pageTimes(): Promise<Paged> {
  await untilIdle()
  return { pagesMs: await timedLots(LOTS, () => millisecondsOf(firstPage)) }
}

const { database } = jobOf<StartJob>()
const opening = performance.now()
const store = await openSqliteStore(database)
await firstPage()
const ready = performance.now()
say({ openMs: ready - opening, processMs: ready })
say(await aboutThisProcess())
for await (const command of commands()) if (command === 'pages') say(await pageTimes())
await store.close()
process.exit(0)
