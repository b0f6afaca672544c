import type { JournalEntry } from '@holdfast/shared/records/journal'
import { describe, expect, test } from 'vitest'
import { findHalfBatches, findProblems, type FeedView, type SessionView } from './invariants.ts'
import { parseLog, logLine, WriteHistory, type Ack, type LogEvent, type Operation } from './write-log.ts'

const base = { namespace: 'n', session: 's' }

function entry(version: number, reason: string, rest: Partial<JournalEntry>): JournalEntry {
  return {
    seq: version,
    session: 's',
    version,
    at: 1,
    op: 'patch',
    actor: { door: 'hub' },
    reason,
    changes: {},
    ...rest,
  }
}

const created = entry(1, 'w1', {
  op: 'create',
  changes: { path: { beforeVersion: 0, after: '/p' }, claudeSessionId: { beforeVersion: 0, after: 'c1' } },
})
const patched = entry(2, 'w2', { changes: { note: { beforeVersion: 0, after: 'hi' } } })

const operations: Operation[] = [
  { ...base, id: 'w1', kind: 'create', metadata: { path: '/p', claudeSessionId: 'c1' } },
  { ...base, id: 'w2', kind: 'patch', patch: { note: 'hi' } },
]

interface Case {
  readonly entries?: readonly JournalEntry[]
  readonly metadata?: SessionView['metadata']
  readonly version?: number
  readonly feed?: FeedView
  readonly operations?: readonly Operation[]
  readonly events?: readonly LogEvent[]
}

const document = { path: '/p', claudeSessionId: 'c1', note: 'hi' }

function kindsFound(found: Case): string[] {
  const entries = found.entries ?? [created, patched]
  const version = found.version ?? entries.length
  const session: SessionView = { ...base, id: 's', version, metadata: found.metadata ?? document, entries }
  const changes = entries.map(({ seq, session: id, version: at }) => ({ seq, session: id, version: at }))
  const feed = found.feed ?? { namespace: 'n', head: entries.length, changes }
  const history = new WriteHistory()
  history.add((found.operations ?? operations).map((op): LogEvent => ({ e: 'sent', op })))
  history.add(found.events ?? [acked('w1', 1), acked('w2', 2)])
  return [...new Set(findProblems([session], [feed], history).map(({ kind }) => kind))].toSorted()
}

function acked(id: string, version: number, rest: Partial<Ack> = {}): LogEvent {
  return { e: 'ack', ack: { id, version, effective: true, tokens: {}, ...rest } }
}

function replaceAt(expected: number): Operation {
  return { ...base, id: 'w2', kind: 'replace', expected, metadata: { note: 'hi' } }
}

function declinedWith(code: string): LogEvent {
  return { e: 'declined', id: 'w2', code }
}

function answeredToken(value: string | null): LogEvent[] {
  return [acked('w2', 2, { tokens: { claudeSessionId: value } })]
}

describe('what is found in a store', () => {
  test('nothing, where everything holds', () => {
    expect(kindsFound({})).toEqual([])
  })

  test('an acknowledged version that is not there is lost', () => {
    expect(kindsFound({ events: [acked('w1', 1), acked('w2', 2), acked('w2', 3)] })).toContain('lost')
    const third: Operation = { ...base, id: 'w3', kind: 'patch', patch: { a: 1 } }
    expect(kindsFound({ operations: [...operations, third], events: [acked('w3', 3)] })).toEqual(['lost'])
  })

  test('an acknowledged version that another write has is lost', () => {
    const third: Operation = { ...base, id: 'w3', kind: 'patch', patch: { a: 1 } }
    expect(kindsFound({ operations: [...operations, third], events: [acked('w3', 2)] })).toEqual(['lost'])
  })

  test('a write without effect needs its version to be there, and no entry', () => {
    const third: Operation = { ...base, id: 'w3', kind: 'patch', patch: { note: 'hi' } }
    const given = { operations: [...operations, third] }
    expect(kindsFound({ ...given, events: [acked('w3', 2, { effective: false })] })).toEqual([])
    expect(kindsFound({ ...given, events: [acked('w3', 3, { effective: false })] })).toEqual(['lost'])
  })

  test('a hole in the versions, and a version that the journal does not have', () => {
    expect(kindsFound({ entries: [created, { ...patched, version: 3 }], version: 3, events: [] })).toContain(
      'gap',
    )
    expect(kindsFound({ version: 3 })).toEqual(['gap'])
  })

  test('a hole in the feed, and a feed that tells less than the journal', () => {
    const first = { seq: 1, session: 's', version: 1 }
    const hole = { namespace: 'n', head: 2, changes: [first, { seq: 3, session: 's', version: 2 }] }
    expect(kindsFound({ feed: hole })).toEqual(['gap'])
    expect(kindsFound({ feed: { namespace: 'n', head: 1, changes: [first] } })).toEqual(['gap'])
    expect(
      kindsFound({ feed: { namespace: 'n', head: 3, changes: [first, { ...first, seq: 2, version: 2 }] } }),
    ).toEqual(['gap'])
  })

  test('a document that its journal does not add up to', () => {
    expect(kindsFound({ metadata: { ...document, note: 'other' } })).toEqual(['fold'])
    const changes = { note: { beforeVersion: 1, before: 'never', after: 'hi' } }
    expect(kindsFound({ entries: [created, { ...patched, changes }] })).toEqual(['fold'])
  })

  test('a mutation that took effect twice', () => {
    const again = entry(3, 'w2', { changes: { note: { beforeVersion: 2, before: 'hi', after: 'ho' } } })
    expect(kindsFound({ entries: [created, patched, again], metadata: { ...document, note: 'ho' } })).toEqual(
      ['replay'],
    )
  })

  test('two answers to one mutation id', () => {
    expect(kindsFound({ events: [acked('w2', 2), acked('w2', 1, { effective: false })] })).toEqual(['replay'])
  })

  test('a write that was declined or never sent, but is there', () => {
    expect(kindsFound({ events: [declinedWith('storage_full')] })).toEqual(['ghost'])
    expect(kindsFound({ events: [declinedWith('outcome_unknown')] })).toEqual([])
    expect(kindsFound({ operations: operations.slice(0, 1), events: [] })).toEqual(['ghost'])
  })

  test('a replace that was taken against an old version', () => {
    const birth = operations.slice(0, 1)
    expect(kindsFound({ operations: birth.concat(replaceAt(1)) })).toEqual([])
    expect(kindsFound({ operations: birth.concat(replaceAt(0)) })).toEqual(['stale'])
  })
})

describe('resume tokens', () => {
  const changes = { claudeSessionId: { beforeVersion: 1, before: 'c1' } }
  const metadata = { path: '/p' }

  function removedBy(op: Operation): string[] {
    const entries = [created, entry(2, 'w2', { op: 'clear', changes })]
    return kindsFound({ entries, metadata, operations: operations.slice(0, 1).concat(op) })
  }

  test('go by a clear of their flavor, or by null in a blob', () => {
    expect(removedBy({ ...base, id: 'w2', kind: 'clear', flavor: 'claude' })).toEqual([])
    expect(
      removedBy({ ...base, id: 'w2', kind: 'replace', expected: 1, metadata: { claudeSessionId: null } }),
    ).toEqual([])
  })

  test('are lost when anything else removes them', () => {
    expect(removedBy({ ...base, id: 'w2', kind: 'clear', flavor: 'codex' })).toEqual(['token'])
    expect(removedBy({ ...base, id: 'w2', kind: 'replace', expected: 1, metadata: {} })).toEqual(['token'])
    expect(removedBy({ ...base, id: 'w2', kind: 'patch', patch: {} })).toEqual(['token'])
  })

  test('a paired field may go with its token, and not alone', () => {
    const paired = entry(2, 'w2', {
      changes: {
        cursorSessionId: { beforeVersion: 0, after: 'k1' },
        cursorSessionProtocol: { beforeVersion: 0, after: 'acp' },
      },
    })
    const gone = { cursorSessionProtocol: { beforeVersion: 2, before: 'acp', cause: 'pair' as const } }
    const moved = { cursorSessionId: { beforeVersion: 2, before: 'k1', after: 'k2' }, ...gone }
    const third: Operation = { ...base, id: 'w3', kind: 'patch', patch: { cursorSessionId: 'k2' } }
    const given = (change: JournalEntry['changes'], cursorSessionId: string) => ({
      entries: [created, paired, entry(3, 'w3', { changes: change })],
      metadata: { path: '/p', claudeSessionId: 'c1', cursorSessionId },
      operations: [...operations, third],
    })
    expect(kindsFound(given(moved, 'k2'))).toEqual([])
    expect(kindsFound(given(gone, 'k1'))).toEqual(['token'])
  })

  test('are what the answer said at the version that it named', () => {
    expect(kindsFound({ events: answeredToken('c1') })).toEqual([])
    expect(kindsFound({ events: answeredToken('c0') })).toEqual(['token'])
    expect(kindsFound({ events: answeredToken(null) })).toEqual(['token'])
  })
})

test('a batch is there whole, or not at all', () => {
  const session: SessionView = { ...base, id: 's', version: 2, metadata: {}, entries: [created, patched] }
  const found = (batches: readonly number[]): string[] => {
    const history = new WriteHistory()
    const ids = ['w1', 'w2', 'w3']
    history.add(
      batches.map((batch, at): LogEvent => ({
        e: 'sent',
        op: { ...base, id: ids[at] ?? '', batch, kind: 'patch', patch: {} },
      })),
    )
    return findHalfBatches([session], history).map(({ what }) => what)
  }
  expect(found([1, 1, 2])).toEqual([])
  expect(found([1, 2, 2])).toEqual(['of batch 2, 1 of 2 writes are there'])
})

describe('what a writer said', () => {
  test('is read back as it was said, without a last line that was cut off', () => {
    const events: LogEvent[] = [{ e: 'open', library: 'x' }, acked('w1', 1), { e: 'end' }]
    const text = events.map(logLine).join('')
    expect(parseLog(text)).toEqual(events)
    expect(parseLog(text.slice(0, -3))).toEqual(events.slice(0, 2))
  })

  test('leaves unsettled what got no answer, or an unknown one', () => {
    const history = new WriteHistory()
    const ids = ['a', 'b', 'c', 'd']
    history.add(ids.map((id): LogEvent => ({ e: 'sent', op: { ...base, id, kind: 'patch', patch: {} } })))
    history.add([
      acked('a', 1),
      { e: 'declined', id: 'b', code: 'outcome_unknown' },
      { e: 'declined', id: 'c', code: 'storage_full' },
    ])
    expect(history.unsettled().map(({ id }) => id)).toEqual(['b', 'd'])
  })
})
