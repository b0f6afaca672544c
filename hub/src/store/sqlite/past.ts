import type { Json } from '@holdfast/shared/metadata/json'
import type { PastField } from '../../sessions/restore-session.ts'
import { decodeChanges } from '../../sessions/journal-text.ts'
import type { SessionKey } from '../store.ts'
import type { StoreCore } from './core.ts'

interface PastRow {
  readonly version: number
  readonly changes: string
}

const PIECE = 256

/**
 * What every field that changed after a version was at it: the `before` of its earliest later change. Read backwards,
 * in pieces that let other work in between; what is appended meanwhile is only newer and does not change the answer for
 * a field that is in it already.
 */
export async function readPast(
  core: StoreCore,
  key: SessionKey & { version: number },
): Promise<Map<string, PastField>> {
  const past = new Map<string, PastField>()
  let below = Number.MAX_SAFE_INTEGER
  for (;;) {
    const rows = await core.read(() => readPiece(core, key, below))
    for (const row of rows) addPast(past, row)
    const last = rows.at(-1)
    if (last === undefined || rows.length < PIECE) return past
    below = last.version
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function readPiece(
  core: StoreCore,
  { namespace, session, version }: SessionKey & { version: number },
  below: number,
): PastRow[] {
  const known = core.catalog.session(namespace, session)
  if (known === undefined) return []
  return core.sql
    .get(
      'select version, changes from journal where session = ? and version > ? and version < ? order by version desc limit ?',
    )
    .all<PastRow>(known.key, version, below, PIECE)
}

function addPast(past: Map<string, PastField>, row: PastRow): void {
  for (const [name, change] of Object.entries(decodeChanges(row.changes, `version ${row.version}`))) {
    past.set(
      name,
      change.beforeLarge === undefined ? { value: change.before as Json | undefined } : { large: true },
    )
  }
}
