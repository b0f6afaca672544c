// A fixed run of batches, the same system calls each time, to be killed at every one of them.
import type { JsonObject } from '@holdfast/shared/metadata/json'
import { openSqliteStore, type SqliteStore } from '@holdfast/hub/store/sqlite/sqlite-store'
import { boundLife, say } from './say.ts'
import { sendAndSay } from './workload.ts'
import type { Operation } from './write-log.ts'

export interface BatchSettings {
  readonly database: string
  readonly batches: number
  readonly run: string
}

const SESSIONS = 2
/** Small, so that the run moves its log into the database several times. */
const CHECKPOINT_PAGES = 60

function operation(settings: BatchSettings, batch: number, session: number): Operation {
  const { run } = settings
  const id = `${run}-batch-${String(batch).padStart(4, '0')}-${session}`
  const base = { id, batch, namespace: 'torture', session: `session-${session}` }
  const mark: JsonObject = { batch, text: `${id} `.repeat(batch % 7 === 0 ? 200 : 6) }
  if (batch === 0) return { ...base, kind: 'create', metadata: { path: '/home/dev', host: 'host', ...mark } }
  if (session === 0) {
    // A whole blob without the token that a batch before has set.
    return {
      ...base,
      kind: 'replace',
      expected: batch,
      metadata: { path: '/home/dev', host: 'host', ...mark },
    }
  }
  if (session === 1 && batch % 5 === 0) return { ...base, kind: 'clear', flavor: 'codex' }
  return { ...base, kind: 'patch', patch: { ...mark, codexSessionId: `token-${id}` } }
}

/** Submitted in one turn of the event loop, so they are one batch, and one commit. */
async function writeBatch(store: SqliteStore, settings: BatchSettings, batch: number): Promise<void> {
  const operations = Array.from({ length: SESSIONS }, (_, session) => operation(settings, batch, session))
  await Promise.all(operations.map((op) => sendAndSay(store, op, say)))
}

async function main(settings: BatchSettings): Promise<void> {
  boundLife(60_000)
  const store = await openSqliteStore(settings.database, { checkpointPages: CHECKPOINT_PAGES })
  say({ e: 'open', library: store.library })
  for (let batch = 0; batch <= settings.batches; batch += 1) await writeBatch(store, settings, batch)
  await new Promise((resolve) => setImmediate(resolve))
  await store.close()
  say({ e: 'end' })
}

await main(JSON.parse(process.argv[2] ?? '{}') as BatchSettings)
