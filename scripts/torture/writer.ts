// A hub without a door: opens the store, writes, and says what was acknowledged. Killed, traced and lied to by others.
import { openSqliteStore, type SqliteStore } from '@holdfast/hub/store/sqlite/sqlite-store'
import { codeOf } from './perform.ts'
import { boundLife, say, STOPPED } from './say.ts'
import { NAMESPACES, runWorkload, type WorkloadSettings } from './workload.ts'

export interface WriterSettings {
  readonly database: string
  readonly workload: WorkloadSettings
  readonly checkpointPages: number
  /** How often it opens, writes its share, and closes. */
  readonly cycles: number
  readonly lifetimeMs: number
}

async function open(settings: WriterSettings): Promise<SqliteStore | null> {
  try {
    const store = await openSqliteStore(settings.database, { checkpointPages: settings.checkpointPages })
    say({ e: 'open', library: store.library })
    return store
  } catch (error) {
    say({ e: 'shut', code: codeOf(error), message: error instanceof Error ? error.message : '' })
    process.exitCode = STOPPED
    return null
  }
}

/** What a hub does when its store has failed: nothing more is tried, and the process ends with a code that is not 0. */
async function afterFailure(store: SqliteStore, reason: Error): Promise<void> {
  process.exitCode = STOPPED
  say({ e: 'failed', code: codeOf(reason) })
  const key = { namespace: NAMESPACES[0], session: 'session-0' }
  const later = {
    'late-write': () => store.patchSessionMetadata({ ...key, actor: { door: 'hub' }, patch: { late: true } }),
    'late-read': () => store.readSession(key),
  } as const
  for (const call of ['late-write', 'late-read'] as const) {
    try {
      await later[call]()
      say({ e: 'called', call, code: 'answered' })
    } catch (error) {
      say({ e: 'called', call, code: codeOf(error) })
    }
  }
}

async function cycle(settings: WriterSettings, index: number): Promise<boolean> {
  const store = await open(settings)
  if (store === null) return false
  const failures: Promise<void>[] = []
  void store.failed.then((reason) => failures.push(afterFailure(store, reason)))
  const { workload } = settings
  await runWorkload(store, { ...workload, run: `${workload.run}c${index}` }, say)
  await new Promise((resolve) => setImmediate(resolve))
  await Promise.all(failures)
  try {
    await store.close()
  } catch (error) {
    // Where the disk fails, so may the last step of closing; the next start repairs what is left.
    say({ e: 'called', call: 'close', code: codeOf(error) })
    process.exitCode = STOPPED
  }
  return failures.length === 0
}

async function main(settings: WriterSettings): Promise<void> {
  boundLife(settings.lifetimeMs)
  for (let index = 0; index < settings.cycles; index += 1) if (!(await cycle(settings, index))) return
  say({ e: 'end' })
}

await main(JSON.parse(process.argv[2] ?? '{}') as WriterSettings)
