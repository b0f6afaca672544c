import { afterEach, beforeEach, expect, test } from 'vitest'
import { claimed, implicit, proven, reported, RESUMABLE } from '../contract/test-runs.ts'
import { ACTOR, born, patched } from '../contract/test-store.ts'
import { rejectionOf, withSql, Workshop } from './contract/workshop.ts'
import { openSqliteStore } from './sqlite-store.ts'

let workshop: Workshop

beforeEach(() => {
  workshop = new Workshop()
})

afterEach(() => workshop.remove())

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** From here on nothing can be committed. */
function spoil(): Promise<void> {
  return withSql(workshop.database, (driver) =>
    driver.exec(
      `create trigger spoil before update on meta begin select raise(abort, 'spoiled by hand'); end`,
    ),
  )
}

function mend(): Promise<void> {
  return withSql(workshop.database, (driver) => driver.exec('drop trigger spoil'))
}

test('[WI6] [VE9] nobody hears of what was rolled back, not even with the next commit', async () => {
  const store = workshop.closing(await openSqliteStore(workshop.database))
  const key = await proven(store, 'a')
  const other = await proven(store, 'b', 't2')
  await nextTurn()
  const heard: string[] = []
  store.onJudged((judged) => heard.push(...judged.map(({ session }) => session)))
  await spoil()
  const look = { flavor: 'claude', directory: 'absent' } as const
  expect(await rejectionOf(store.noteEvidence({ ...key, ...look, token: 't1' }))).toBe('internal')
  await nextTurn()
  expect(heard).toEqual([])
  await mend()
  await store.noteEvidence({ ...other, ...look, token: 't2' })
  await nextTurn()
  expect(heard).toEqual([other.session])
})

test('[ME13] [VE9] nor of a contention that was rolled back', async () => {
  const store = workshop.closing(await openSqliteStore(workshop.database))
  const { run } = await claimed(store, 'a')
  await reported(store, run.id, 't1')
  const key = await born(store, { ...RESUMABLE, claudeSessionId: 't2' })
  await implicit(store, key)
  const heard: string[] = []
  store.onContended((runs) => heard.push(...runs.map((live) => live.run.id)))
  await spoil()
  const write = { ...key, actor: ACTOR, patch: { claudeSessionId: 't1' } }
  expect(await rejectionOf(store.patchSessionMetadata(write))).toBe('internal')
  await mend()
  await patched(store, key, { name: 'x' })
  await nextTurn()
  expect(heard).toEqual([])
  await patched(store, key, write.patch)
  await nextTurn()
  expect(heard).toHaveLength(2)
})
