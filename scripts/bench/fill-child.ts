// Fills a database with small sessions through the store's own port, many at once, as an import would.
import { openSqliteStore } from '@holdfast/hub/store/sqlite/sqlite-store'
import { jobOf, say } from './child-talk.ts'
import { makeFilledSession } from './filled-session.ts'

export interface FillJob {
  readonly database: string
  readonly sessions: number
}

const IN_FLIGHT = 512
const TOLD_EVERY = 50_000

const { database, sessions } = jobOf<FillJob>()
const store = await openSqliteStore(database)
let next = 0
let made = 0

async function createRest(): Promise<void> {
  while (next < sessions) {
    const index = next
    next += 1
    await makeFilledSession(store, index)
    made += 1
    if (made % TOLD_EVERY === 0 && made < sessions) say({ made })
  }
}

await Promise.all(Array.from({ length: IN_FLIGHT }, createRest))
await store.close()
say({ made })
process.exit(0)
