import type { JournalEntry } from '@holdfast/shared/records/journal'
import { describe, expect, test } from 'vitest'
import type { SessionView } from './invariants.ts'
import { findShownProblems } from './shown-values.ts'
import { WriteHistory, type ShownDocument, type ToldChange } from './write-log.ts'

const base = { namespace: 'n', session: 's' } as const

function entry(version: number, changes: JournalEntry['changes']): JournalEntry {
  return {
    seq: version,
    session: 's',
    version,
    at: 1,
    op: 'patch',
    actor: { door: 'socket' },
    reason: null,
    changes,
  }
}

/** Version 1 has a and b, version 2 another a and no b. */
const view: SessionView = {
  namespace: 'n',
  id: 's',
  version: 2,
  metadata: { a: 2 },
  entries: [
    entry(1, { a: { beforeVersion: 0, after: 1 }, b: { beforeVersion: 0, after: 'x' } }),
    entry(2, { a: { beforeVersion: 1, before: 1, after: 2 }, b: { beforeVersion: 1, before: 'x' } }),
  ],
}

function problems(shown: ShownDocument | ToldChange): string[] {
  const history = new WriteHistory()
  history.add([shown])
  return findShownProblems([view], history).map(({ kind, what }) => `${kind}: ${what}`)
}

function document(version: number, metadata: ShownDocument['metadata']): ShownDocument {
  return { ...base, e: 'shown', version, metadata }
}

function change(version: number, set: ToldChange['set'], removed: readonly string[] = []): ToldChange {
  return { ...base, e: 'told', version, set, removed }
}

describe('what was shown of a version', () => {
  test.each<[string, ShownDocument | ToldChange]>([
    ['a whole document', document(1, { b: 'x', a: 1 })],
    ['a later one', document(2, { a: 2 })],
    ['a first change', change(1, { a: 1, b: 'x' })],
    ['a change that removes', change(2, { a: 2 }, ['b'])],
  ])('[VE8] is right: %s', (_, shown) => {
    expect(problems(shown)).toEqual([])
  })

  test.each<[string, ShownDocument | ToldChange]>([
    ['a value of another version', document(1, { a: 2, b: 'x' })],
    ['a field too few', document(1, { a: 1 })],
    ['a field too many', document(2, { a: 2, b: 'x' })],
    ['no document', document(1, null)],
    ['a version that is not there', document(3, { a: 2 })],
    ['a change with another value', change(2, { a: 1 }, ['b'])],
    ['a change without one of its fields', change(2, { a: 2 })],
    ['a change with a field that it had not', change(2, { a: 2, c: 1 }, ['b'])],
    ['a removal that was none', change(1, { a: 1 }, ['b'])],
    ['a session that is not there', { ...document(1, {}), session: 'other' }],
  ])('[VE8] is wrong: %s', (_, shown) => {
    expect(problems(shown)).toHaveLength(1)
  })
})
