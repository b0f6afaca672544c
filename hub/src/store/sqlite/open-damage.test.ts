import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Json } from '@holdfast/shared/metadata/json'
import { ACTOR, makeSession, rejectionOf, Workshop } from './contract/workshop.ts'
import { openSqliteStore } from './sqlite-store.ts'
import type { SessionKey } from '../store.ts'

const SESSIONS = 12

let workshop: Workshop
let intact: Buffer
let mark: Buffer
const documents = new Map<string, { [field: string]: Json }>()

beforeAll(async () => {
  workshop = new Workshop()
  const store = await openSqliteStore(workshop.database)
  for (let n = 0; n < SESSIONS; n += 1) {
    const metadata = {
      path: `/home/dev/${n}`,
      host: 'h',
      claudeSessionId: `talk-${n}`,
      note: `${n} `.repeat(40),
    }
    const key = await makeSession(store, `tag-${n}`, metadata)
    for (let round = 0; round < 3; round += 1)
      await store.patchSessionMetadata({
        ...key,
        actor: ACTOR,
        patch: { round, cursorSessionId: `chat-${n}-${round}` },
      })
    const record = await store.readSession(key)
    if (record === null) throw new Error('the session is not there')
    documents.set(key.session, record.metadata)
  }
  await store.close()
  intact = readFileSync(workshop.database)
  mark = readFileSync(`${workshop.database}.mark`)
})

afterAll(() => workshop.remove())

/** A generator of whole numbers below a bound, the same for the same seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

interface Outcome {
  readonly refused: string | null
  readonly unreadable: number
  /** Fields whose values are not what was stored, over all sessions. */
  readonly different: number
  readonly missing: number
}

let folders = 0

async function outcomeOf(spoil: (file: string) => void): Promise<Outcome> {
  folders += 1
  const folder = workshop.file(`case-${folders}`)
  mkdirSync(folder)
  const file = `${folder}/holdfast.db`
  writeFileSync(file, intact, { mode: 0o600 })
  writeFileSync(`${file}.mark`, mark, { mode: 0o600 })
  spoil(file)
  try {
    return await look(file)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function look(file: string): Promise<Outcome> {
  const opening = openSqliteStore(file)
  const refused = await opening.then(
    () => null,
    () => rejectionOf(opening),
  )
  if (refused !== null) return { refused, unreadable: 0, different: 0, missing: 0 }
  const store = await opening
  let [unreadable, different, missing] = [0, 0, 0]
  for (const [session, document] of documents) {
    const found = await readOne(() =>
      store.readSession({ namespace: 'default', session } satisfies SessionKey),
    )
    if (found === 'unreadable') unreadable += 1
    else if (found === null) missing += 1
    else different += differences(document, found.metadata)
  }
  await store.close()
  return { refused, unreadable, different, missing }
}

async function readOne<Found>(read: () => Promise<Found>): Promise<Found | 'unreadable'> {
  const reading = read()
  try {
    return await reading
  } catch {
    expect(['storage_error', 'database_damaged']).toContain(await rejectionOf(reading))
    return 'unreadable'
  }
}

function differences(before: { [field: string]: Json }, after: { readonly [field: string]: Json }): number {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name])).length
}

function isRefused({ refused }: Outcome): boolean {
  return refused !== null && refused.startsWith('database_')
}

function isWhole(outcome: Outcome): boolean {
  return outcome.refused === null && outcome.unreadable + outcome.different + outcome.missing === 0
}

const SEED = 20_260_101

test('the file that is spoiled below is a good one', async () => {
  expect(await outcomeOf(() => undefined)).toEqual({ refused: null, unreadable: 0, different: 0, missing: 0 })
})

test('[OP3] a file with one byte changed is opened with all its sessions or refused, and never taken for empty', async () => {
  const next = numbers(SEED)
  const bad: object[] = []
  let refusals = 0
  for (let round = 0; round < 100; round += 1) {
    const position = next(intact.length)
    const change = 1 + next(255)
    const outcome = await outcomeOf((file) => {
      const bytes = Buffer.from(intact)
      bytes[position] = (bytes[position] ?? 0) ^ change
      writeFileSync(file, bytes)
    })
    if (outcome.refused !== null) refusals += 1
    // SQLite keeps no checksums: a byte inside a stored text is another text, and one such change is all there can be.
    if (!isRefused(outcome) && !isWhole({ ...outcome, different: Math.max(0, outcome.different - 1) }))
      bad.push({ position, change, ...outcome })
  }
  expect({ seed: SEED, bad }).toEqual({ seed: SEED, bad: [] })
  expect(refusals).toBeGreaterThan(0)
})

test('[OP3] a file that was cut is refused, wherever the cut is, and never taken for empty', async () => {
  const next = numbers(SEED)
  for (let round = 0; round < 30; round += 1) {
    const size = next(intact.length)
    const outcome = await outcomeOf((file) => truncateSync(file, size))
    const where = { seed: SEED, round, size }
    expect({ ...where, refused: outcome.refused }).toEqual({
      ...where,
      refused: expect.stringMatching(/^database_/),
    })
  }
})

test('[OP3] a file in which any one page is another one is refused or has all its sessions', async () => {
  const bad: object[] = []
  for (let page = 0; page < intact.length / 4096; page += 1) {
    for (const fill of [0x00, 0xff, 0xa5]) {
      const outcome = await outcomeOf((file) => {
        const bytes = Buffer.from(intact)
        bytes.fill(fill, page * 4096, (page + 1) * 4096)
        writeFileSync(file, bytes)
      })
      if (!isRefused(outcome) && !isWhole(outcome)) bad.push({ page, fill, ...outcome })
    }
  }
  expect(bad).toEqual([])
})
