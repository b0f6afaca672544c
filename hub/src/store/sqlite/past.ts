import { decodeChanges } from '../../sessions/journal-text.ts'
import type { PastField } from '../../sessions/restore-session.ts'
import type { SessionKey } from '../store.ts'
import type { KnownSession } from './catalog.ts'
import type { StoreCore } from './core.ts'
import { entryAt } from './journal-rows.ts'

/** What fields were at a version, as far back as the journal has been read. */
export interface Past {
  readonly fields: Map<string, PastField>
  /** The newest entry that was read; 0 for none. */
  newest: number
}

const PIECE = 256

interface Stretch {
  readonly session: KnownSession
  /** Entries of this version and older are not looked at. */
  readonly version: number
  /** Entries of this seq and older are not looked at. */
  readonly above: number
}

/**
 * What every field that changed after a version was at it: the `before` of its earliest later change. A long journal is
 * read before the write takes its turn, in pieces that let other work in between; `completePast` adds what came meanwhile.
 */
export async function readPast(core: StoreCore, key: SessionKey & { version: number }): Promise<Past> {
  const past: Past = { fields: new Map(), newest: 0 }
  const session = await core.read(() => core.catalog.session(key.namespace, key.session))
  if (session === undefined) return past
  past.newest = session.head.seq
  let seq = session.head.seq
  while (seq !== 0) {
    const from = seq
    seq = await core.read(() =>
      addBackwards(core, past.fields, from, { session, version: key.version, above: 0 }),
    )
    await new Promise((resolve) => setImmediate(resolve))
  }
  return past
}

/** Inside the write's transaction: the entries since `readPast`. They are newer, so what was found before counts more. */
export function completePast(core: StoreCore, past: Past, key: SessionKey & { version: number }): void {
  const session = core.catalog.session(key.namespace, key.session)
  if (session === undefined || session.head.seq === past.newest) return
  const since = new Map<string, PastField>()
  let seq = session.head.seq
  while (seq !== 0)
    seq = addBackwards(core, since, seq, { session, version: key.version, above: past.newest })
  for (const [name, field] of since) if (!past.fields.has(name)) past.fields.set(name, field)
}

/** Adds a piece of the chain, newest first, so that the earliest change comes last and stays; gives where to go on. */
function addBackwards(
  core: StoreCore,
  fields: Map<string, PastField>,
  start: number,
  stretch: Stretch,
): number {
  let seq = start
  for (let read = 0; read < PIECE && seq > stretch.above; read += 1) {
    const row = entryAt(core, stretch.session, seq)
    if (row === undefined || row.version <= stretch.version) return 0
    for (const [name, change] of Object.entries(decodeChanges(row.changes, String(seq)))) {
      fields.set(name, change.beforeLarge === undefined ? { value: change.before } : { large: true })
    }
    seq = row.previous
  }
  return seq > stretch.above ? seq : 0
}
