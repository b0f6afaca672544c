import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  claimOf,
  claimed,
  lapsed,
  proven,
  resumeBegun,
  runIdOf,
  tokenReport,
} from '../../contract/test-runs.ts'
import { ACTOR, everythingIn, NAMESPACE, patched } from '../../contract/test-store.ts'
import type { SessionKey } from '../../store.ts'
import { rejectionOf, withSql, Workshop } from '../contract/workshop.ts'
import { openSqliteStore, type SqliteStore } from '../sqlite-store.ts'

let workshop: Workshop
let store: SqliteStore
let key: SessionKey
let idle: SessionKey

const LIVE = runIdOf(1)
const RESUMING = runIdOf(2)
const by = (run: string) => ({ namespace: NAMESPACE, actor: ACTOR, run })

/** A live run in an archived session that its holder's newer boot would end, a session with a resume under way, and an idle one. */
beforeEach(async () => {
  workshop = new Workshop()
  store = workshop.closing(await openSqliteStore(workshop.database))
  await resumeBegun(store, await proven(store, 'resuming', 'r1'), RESUMING)
  idle = await proven(store, 'idle', 'i1')
  key = await proven(store, 'a')
  await patched(store, key, { lifecycleState: 'archived', archiveReason: 'done' })
  await claimed(store, 'a', { runId: LIVE, holder: { id: 'h', boot: 1 } })
})

afterEach(() => workshop.remove())

const confirmed = { state: 'confirmed' } as const

/** Each method, and the tables that it must have written to all together. */
const WRITES: Record<string, { readonly run: () => Promise<unknown>; readonly tables: readonly string[] }> = {
  claim: {
    run: () => store.claimRun(claimOf('new', { holder: { id: 'h', boot: 2 } })),
    tables: ['session', 'session_field', 'journal', 'holder', 'run', 'namespace', 'meta'],
  },
  register: {
    run: () => store.registerRun({ ...claimOf('new'), runId: runIdOf(3) }),
    tables: ['session', 'session_field', 'journal', 'run', 'meta'],
  },
  implicit: {
    run: () => store.openImplicitRun({ ...key, actor: ACTOR, continues: null }),
    tables: ['run', 'meta'],
  },
  token: {
    run: () => store.reportToken(tokenReport(LIVE, 't2', confirmed)),
    tables: ['session', 'session_field', 'journal', 'resume_token', 'run', 'run_token', 'namespace', 'meta'],
  },
  rejected: {
    run: () => store.reportRejected({ ...by(LIVE), token: 't1', message: 'no' }),
    tables: ['resume_token', 'run', 'meta'],
  },
  complete: {
    run: () => store.completeRun({ ...by(LIVE), outcome: 'success', token: 't2', workDir: '/moved' }),
    tables: ['session', 'session_field', 'journal', 'resume_token', 'run', 'run_token', 'meta'],
  },
  lapse: { run: () => lapsed(store, LIVE), tables: ['run', 'session', 'meta'] },
  holder: {
    run: () => store.endHolderRuns({ namespace: NAMESPACE, holder: { id: 'h', boot: 2 }, runs: [] }),
    tables: ['holder', 'run', 'session', 'meta'],
  },
  mismatch: {
    run: () => store.reportToken(tokenReport(RESUMING, 'r2', confirmed)),
    tables: ['resume_token', 'run', 'session', 'meta'],
  },
  'resume begun': {
    run: () => store.beginResume({ ...idle, actor: ACTOR, runId: runIdOf(4) }),
    tables: ['run', 'session', 'meta'],
  },
  'resume moved': {
    run: () => store.moveResume({ ...by(RESUMING), runtimeId: 'another' }),
    tables: ['run', 'meta'],
  },
  'resume accepted': { run: () => store.resumeAccepted(by(RESUMING)), tables: ['run', 'meta'] },
  'resume confirmed': {
    run: () => store.reportToken(tokenReport(RESUMING, 'r1', confirmed)),
    tables: ['resume_token', 'run', 'meta'],
  },
  'give up': {
    run: () => store.giveUpResume({ ...by(RESUMING), reason: 'no answer' }),
    tables: ['run', 'meta'],
  },
}

const CASES = Object.entries(WRITES).flatMap(([name, { tables }]) =>
  tables.map((table) => [name, table] as const),
)

async function onTrigger(table: string, action: 'create' | 'drop'): Promise<void> {
  await withSql(workshop.database, (driver) => {
    for (const event of ['insert', 'update']) {
      const trigger = `spoil_${event}`
      driver.exec(
        action === 'drop'
          ? `drop trigger ${trigger}`
          : `create trigger ${trigger} before ${event} on ${table} begin select raise(abort, 'spoiled by hand'); end`,
      )
    }
  })
}

test.each(CASES)('[RU5] %s: where %s can not be written, nothing is', async (name, table) => {
  const before = await everythingIn(store)
  const live = await store.liveRuns({ limit: 100 })
  await onTrigger(table, 'create')
  const run = WRITES[name]?.run ?? (() => Promise.resolve())
  expect(await rejectionOf(run())).toBe('internal')
  expect(await everythingIn(store)).toEqual(before)
  expect(await store.liveRuns({ limit: 100 })).toEqual(live)
  await onTrigger(table, 'drop')
  await run()
  expect({ everything: await everythingIn(store), live: await store.liveRuns({ limit: 100 }) }).not.toEqual({
    everything: before,
    live,
  })
})
