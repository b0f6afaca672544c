import { setTimeout } from 'node:timers/promises'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import type { SessionKey } from '../store/store.ts'
import { runHub, type RunningHub } from './running-hub.ts'

const ACTOR = { door: 'hub' } as const
/** Only a failing test needs them all. */
const TRIES = 200

let home: string

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-retention-'))
})

afterEach(() => rmSync(home, { recursive: true, force: true }))

/** A file with a session that was written so often, with so long a text. */
async function written(times: number, length: number): Promise<SessionKey> {
  await using store = await openSqliteStore(join(home, 'holdfast.db'))
  const made = await store.createOrLoadSession({
    namespace: 'default',
    tag: 't',
    actor: ACTOR,
    metadata: {},
  })
  if (made.kind !== 'session') throw new Error(made.message)
  const key = { namespace: 'default', session: made.session.id }
  const patches = Array.from({ length: times }, (_, n) => ({ note: `${n} ${'x'.repeat(length)}` }))
  await Promise.all(patches.map((patch) => store.patchSessionMetadata({ ...key, actor: ACTOR, patch })))
  return key
}

async function entries({ url, token }: RunningHub, { session }: SessionKey): Promise<number> {
  const address = `${url}/api/sessions/${session}/history?limit=1000`
  const answer = await fetch(address, { headers: { Authorization: `Bearer ${token}` } })
  return ((await answer.json()) as { entries: unknown[] }).entries.length
}

/** How many are left once there are so few, or after far more rounds of pruning than that takes. */
async function settled(hub: RunningHub, key: SessionKey, few: number): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    if ((await entries(hub, key)) <= few) break
    await setTimeout(50)
  }
  return entries(hub, key)
}

test('[JO4] a hub keeps as many entries as HOLDFAST_JOURNAL_ENTRIES says', async () => {
  const key = await written(150, 1)
  await using hub = await runHub({ home, settings: { HOLDFAST_JOURNAL_ENTRIES: '120' } })
  expect(await settled(hub, key, 120)).toBe(120)
})

test('[JO4] a hub keeps as many bytes of them as HOLDFAST_JOURNAL_BYTES says', async () => {
  // An entry holds the text before and after: about 40,000 bytes, so that 26 fit in a mebibyte.
  const key = await written(60, 20_000)
  await using hub = await runHub({ home, settings: { HOLDFAST_JOURNAL_BYTES: '1048576' } })
  expect(await settled(hub, key, 26)).toBe(26)
})
