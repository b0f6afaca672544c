import { afterEach, beforeEach, expect, test } from 'vitest'
import { ACTOR, makeSession, withSql, Workshop } from './contract/workshop.ts'
import { OFTEN } from './hot-fields.ts'
import { openSqliteStore, type SqliteStore } from './sqlite-store.ts'

let workshop: Workshop
let store: SqliteStore

beforeEach(async () => {
  workshop = new Workshop()
  store = workshop.closing(await openSqliteStore(workshop.database))
})

afterEach(() => workshop.remove())

interface Placed {
  readonly tag: string
  readonly name: string
  readonly place: number
}

function placed(): Promise<Placed[]> {
  return withSql(workshop.database, (driver) =>
    driver
      .prepare(
        `select s.tag, f.name, f.key as place from session_field f join session s on s.key = f.session order by f.key`,
      )
      .all<Placed>(),
  )
}

const isMoved = ({ tag, name }: Placed): boolean => name === 'often' && tag !== 'b'

test('[ME3] fields that are written often move together, and nothing else changes', async () => {
  const rest = { path: '/p', summary: 'x'.repeat(3000), claudeSessionId: 'token-1' }
  const keys = []
  for (const tag of ['a', 'b', 'c']) keys.push(await makeSession(store, tag, { ...rest, often: 0, once: 0 }))
  const [first, second, third] = keys
  const before = await placed()
  for (let at = 1; at <= OFTEN + 2; at += 1)
    for (const key of [first, third])
      if (key !== undefined) await store.patchSessionMetadata({ ...key, actor: ACTOR, patch: { often: at } })
  if (second !== undefined) await store.patchSessionMetadata({ ...second, actor: ACTOR, patch: { once: 1 } })
  const after = await placed()
  expect(after.slice(-2)).toMatchObject([
    { tag: 'a', name: 'often' },
    { tag: 'c', name: 'often' },
  ])
  expect(after.filter((one) => !isMoved(one))).toEqual(before.filter((one) => !isMoved(one)))
  for (const [key, changed] of [
    [first, { often: OFTEN + 2, once: 0 }],
    [second, { often: 0, once: 1 }],
    [third, { often: OFTEN + 2, once: 0 }],
  ] as const) {
    if (key === undefined) throw new Error('A session is missing.')
    const stored = await store.readSession(key)
    expect(stored?.metadata).toEqual({ ...rest, ...changed })
  }
})
