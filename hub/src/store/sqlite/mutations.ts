import { hash } from 'node:crypto'
import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { Json } from '@holdfast/shared/metadata/json'
import { jsonIdentity } from '@holdfast/shared/metadata/json-identity'
import { versionSchema } from '@holdfast/shared/records/ids'
import { z } from 'zod'
import type { PatchAnswer } from '../../sessions/decision.ts'
import type { FieldsWritten } from '../store.ts'
import type { StatementCache } from './rows.ts'
import { fromStored } from './stored.ts'

/** How long a retry gets the answer that its first attempt got. */
export const MUTATION_DAYS = 7

/** What makes a write take effect once. */
export interface Once {
  readonly id: string
  /** What was asked for, as a hash: the same id with another body is a mistake of the caller's. */
  readonly body: Uint8Array
}

/**
 * What the id stands for: the operation, its session and its arguments. Not the expected version, which a caller may
 * renew before it sends the same change again.
 */
export function bodyHash(operation: string, session: string, given: Json): Uint8Array {
  const text = `${operation} ${session} ${jsonIdentity(given)}`
  // Asked for as a buffer, the hash costs twice as much.
  return Buffer.from(hash('sha256', text, 'binary'), 'binary')
}

/** The answer that this id got before; null where it is new. */
export function replayOf(sql: StatementCache, namespace: number, once: Once): FieldsWritten | Refusal | null {
  const row = sql
    .get('select body, answer from mutation where namespace = ? and id = ?')
    .get<{ body: Uint8Array; answer: string }>(namespace, once.id)
  if (row === undefined) return null
  if (Buffer.compare(row.body, once.body) !== 0) {
    const message = 'This mutation id was used for another change before; make a new id for a new change.'
    return refuse('mutation_reused', message, { field: 'mutationId' })
  }
  const stored = fromStored(`The answer to mutation ${once.id}`, () =>
    storedAnswer.parse(JSON.parse(row.answer)),
  )
  const [version, changed, kept, rebasedFrom, skipped] = stored
  return {
    kind: 'written',
    version,
    changed,
    kept,
    ...(rebasedFrom === null ? {} : { rebasedFrom }),
    ...(skipped === null ? {} : { skipped }),
    replayed: true,
  }
}

/** Takes the id for this answer; false where it was taken before, and then nothing is written. */
export function takeMutation(
  sql: StatementCache,
  namespace: number,
  once: Once,
  { answer, now }: { answer: PatchAnswer; now: number },
): boolean {
  const { version, changed, kept, rebasedFrom = null, skipped = null } = answer
  const stored: StoredAnswer = [version, changed, kept, rebasedFrom, skipped]
  const { changes } = sql.get(INSERT_MUTATION).run(namespace, once.id, once.body, JSON.stringify(stored), now)
  return changes === 1
}

/** An answer as a list, since there is one for every write. */
const storedAnswer = z.tuple([
  versionSchema,
  z.array(z.string()).readonly(),
  z.array(z.string()).readonly(),
  versionSchema.nullable(),
  z.array(z.string()).readonly().nullable(),
])
type StoredAnswer = z.infer<typeof storedAnswer>

const INSERT_MUTATION = `
  insert into mutation (namespace, id, body, answer, at) values (?, ?, ?, ?, ?)
  on conflict (namespace, id) do nothing`
