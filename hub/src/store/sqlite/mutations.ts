import { hash } from 'node:crypto'
import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import { canonicalJson, type Json } from '@holdfast/shared/metadata/json'
import type { StatementCache } from './rows.ts'
import { storedJson } from './stored.ts'

/** How long a retry gets the answer that its first attempt got. */
export const MUTATION_DAYS = 7

export interface Mutation {
  readonly namespace: number
  readonly id: string
  /** What was asked for, as a hash: the same id with another body is a mistake of the caller's. */
  readonly body: Uint8Array
}

/**
 * What the id stands for: the operation, its session and its arguments. Not the expected version, which a caller may
 * renew before it sends the same change again.
 */
export function bodyHash(operation: string, session: string, given: Json): Uint8Array {
  const text = `${operation} ${session} ${canonicalJson(given)}`
  return hash('sha256', text, 'buffer').subarray(0, 16)
}

/** The answer that this id got before; null where it is new. */
export function replayOf<Answer>(sql: StatementCache, mutation: Mutation): Answer | Refusal | null {
  const row = sql
    .get('select body, answer from mutation where namespace = ? and id = ?')
    .get<{ body: Uint8Array; answer: string }>(mutation.namespace, mutation.id)
  if (row === undefined) return null
  if (Buffer.compare(row.body, mutation.body) !== 0) {
    return refuse(
      'mutation_reused',
      'This mutation id was used for another change before; make a new id for a new change.',
      {
        field: 'mutationId',
      },
    )
  }
  const answer = storedJson(`The answer to mutation ${mutation.id}`, row.answer) as Answer
  return { ...answer, replayed: true }
}

interface AnsweredMutation extends Mutation {
  readonly answer: object
  readonly now: number
}

/** Takes the id for this answer; false where it was taken before, and then nothing is written. */
export function takeMutation(
  sql: StatementCache,
  { namespace, id, body, answer, now }: AnsweredMutation,
): boolean {
  const { changes } = sql.get(INSERT_MUTATION).run(namespace, id, body, JSON.stringify(answer), now)
  return changes === 1
}

const INSERT_MUTATION = `
  insert into mutation (namespace, id, body, answer, at) values (?, ?, ?, ?, ?)
  on conflict (namespace, id) do nothing`
