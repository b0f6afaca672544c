import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseLog, type Operation } from '../write-log.ts'
import { Ledger } from './ledger.ts'

const op: Operation = { id: 'w1', namespace: 'n', session: 's', kind: 'patch', patch: { a: 1 } }
const ack = { id: 'w1', version: 2, effective: true, tokens: {} }
const place = { namespace: 'n', session: 's' }

describe('the ledger', () => {
  test('takes a write without an answer for one whose outcome nobody knows', () => {
    const ledger = new Ledger('unused')
    const write = ledger.begin(op)
    expect(ledger.isOpen(write)).toBe(true)
    expect(ledger.observations()).toEqual([
      { kind: 'write', session: 'n/s', id: 'w1', called: 1, returned: Infinity, version: null },
    ])
  })

  test('keeps the time of the first call and of the first answer, however often it was sent', () => {
    const ledger = new Ledger('unused')
    const write = ledger.begin(op)
    ledger.tick()
    ledger.acknowledge(write, ack)
    ledger.acknowledge(write, ack)
    expect([ledger.acks, ledger.isOpen(write)]).toEqual([1, false])
    expect(ledger.observations()).toEqual([
      { kind: 'write', session: 'n/s', id: 'w1', called: 1, returned: 3, version: 2 },
    ])
  })

  test('takes a mismatch, and a write that changed nothing, for a look at the version', () => {
    const ledger = new Ledger('unused')
    ledger.decline(ledger.begin(op), 'version-mismatch', 7)
    ledger.acknowledge(ledger.begin({ ...op, id: 'w2' }), { ...ack, id: 'w2', effective: false })
    expect(ledger.observations().map(({ kind, version }) => [kind, version])).toEqual([
      ['read', 7],
      ['read', 2],
    ])
    expect(ledger.declined.get('version-mismatch')).toBe(1)
  })

  test('counts how the calls ended that were under way at one moment, and no others', () => {
    const ledger = new Ledger('unused')
    ledger.ended(ledger.tick(), { kind: 'answered' })
    const [first, second] = [ledger.tick(), ledger.tick()]
    ledger.mark()
    const third = ledger.tick()
    ledger.ended(first, { kind: 'answered' })
    ledger.ended(second, { kind: 'cut' })
    ledger.ended(third, { kind: 'cut' })
    expect(ledger.endings).toEqual({ answered: 1, cut: 1, silent: 0 })
  })

  test('writes down what was said, in its order, each time only what is new', () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-ledger-'))
    try {
      const ledger = new Ledger(join(folder, 'log'))
      const write = ledger.begin(op)
      ledger.flush()
      ledger.acknowledge(write, ack)
      ledger.show(place, { version: 2, metadata: { a: 1 } })
      ledger.hearChange(place, { version: 2, set: { a: 1 }, removed: [] })
      ledger.flush()
      expect(parseLog(readFileSync(ledger.logFile, 'utf8')).map(({ e }) => e)).toEqual([
        'sent',
        'ack',
        'shown',
        'told',
      ])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

test('agent state has versions of its own, which a read shows beside the others', () => {
  const ledger = new Ledger('unused')
  const write = ledger.begin({ ...op, kind: 'create', metadata: {} })
  ledger.acknowledge(write, { ...ack, version: 1 })
  ledger.bornState(place, write)
  ledger.settleState(ledger.beginState(place, 's1'), 'write', 2)
  ledger.beginState(place, 's2')
  ledger.read(place, { id: 'r1', called: ledger.tick() }, { version: 1, metadata: {}, stateVersion: 2 })
  expect(ledger.observations().map(({ kind, session, version }) => [kind, session, version])).toEqual([
    ['write', 'n/s', 1],
    ['write', 'n/s state', 1],
    ['write', 'n/s state', 2],
    ['read', 'n/s', 1],
    ['read', 'n/s state', 2],
    ['write', 'n/s state', null],
  ])
})
