import { describe, expect, test } from 'vitest'
import { changes } from './changes.ts'
import { facts } from './facts.ts'
import { resync } from './resync.ts'
import { watchAck, watchRequest } from './watch.ts'

const CHANGE = {
  seq: 1,
  sid: 's',
  version: 1,
  set: { a: 1 },
  removed: [],
  actor: { door: 'socket' },
  at: 5,
}

describe('a request to watch', () => {
  test.each([{}, { since: 0 }, { since: 0, epoch: 'e' }, { since: 5, epoch: 'e' }])(
    '[WI6] %j is one',
    (request) => {
      expect(watchRequest.safeParse(request).success).toBe(true)
    },
  )

  test.each([
    { since: 5 },
    { epoch: 'e' },
    { since: -1, epoch: 'e' },
    { since: 0.5, epoch: 'e' },
    { since: '5', epoch: 'e' },
    { since: 2 ** 53, epoch: 'e' },
    { since: 5, epoch: '' },
    { since: 5, epoch: 'e'.repeat(129) },
    { session: 's' },
    null,
    undefined,
  ])('[WI6] [SE5] %j is none', (request) => {
    expect(watchRequest.safeParse(request).success).toBe(false)
  })
})

describe('what a watcher is told', () => {
  test('[WI6] changes, never an empty list of them', () => {
    expect(changes.safeParse({ epoch: 'e', changes: [CHANGE], head: 1 }).success).toBe(true)
    const more = { ...CHANGE, unavailable: ['b'], reason: 'why' }
    expect(changes.safeParse({ epoch: 'e', changes: [CHANGE, more], head: 2 }).success).toBe(true)
    expect(changes.safeParse({ epoch: 'e', changes: [], head: 1 }).success).toBe(false)
    expect(changes.safeParse({ epoch: 'e', changes: [{ ...CHANGE, seq: 0 }], head: 1 }).success).toBe(false)
  })

  test('[WI6] facts, and why it starts anew', () => {
    const liveness = { active: true, activeAt: 1, thinking: false, thinkingAt: null }
    expect(facts.safeParse([{ sid: 's', liveness }, { sid: 't' }]).success).toBe(true)
    expect(facts.safeParse([]).success).toBe(false)
    const ends = { epoch: 'e', floor: 0, head: 3 }
    expect(resync.safeParse({ because: 'pruned', ...ends }).success).toBe(true)
    expect(resync.safeParse({ because: 'bored', ...ends }).success).toBe(false)
    expect(watchAck.safeParse({ result: 'success', ...ends }).success).toBe(true)
  })
})
