// Opens a database that holds many sessions, and reads the first page of them.
import { commands, jobOf, say, untilIdle } from './child-talk.ts'
import { openSqliteStore } from '@holdfast/hub/store/sqlite/sqlite-store'
import { aboutThisProcess, NAMESPACE } from './engine.ts'
import { median } from './statistics.ts'

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
const LOTS = 5
const PAGES_IN_A_LOT = 200

async function timedPage(): Promise<number> {
  const before = performance.now()
  const page = await store.listSessions(PAGE)
  const milliseconds = performance.now() - before
  if (page.items.length !== PAGE.limit) throw new Error('The first page is not full.')
  return milliseconds
}

async function pageTimes(): Promise<Paged> {
  await untilIdle()
  const pagesMs: number[] = []
  for (let lot = 0; lot < LOTS; lot += 1) {
    const times: number[] = []
    for (let at = 0; at < PAGES_IN_A_LOT; at += 1) times.push(await timedPage())
    pagesMs.push(median(times))
  }
  return { pagesMs }
}

const { database } = jobOf<StartJob>()
const opening = performance.now()
const store = await openSqliteStore(database)
await timedPage()
const ready = performance.now()
say({ openMs: ready - opening, processMs: ready })
say(await aboutThisProcess())
for await (const command of commands()) if (command === 'pages') say(await pageTimes())
await store.close()
process.exit(0)
