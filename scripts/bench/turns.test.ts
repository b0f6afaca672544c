import { expect, test } from 'vitest'
import { Turns } from './turns.ts'

test('a writer that stays with its session counts its visits', () => {
  const turns = new Turns({ sessions: 10, writers: 2, spread: 'own' })
  expect([turns.next(1), turns.next(0), turns.next(1)]).toEqual([
    { session: 5, visit: 0 },
    { session: 0, visit: 0 },
    { session: 5, visit: 1 },
  ])
})

test.each([7, 64, 1000])(
  'spread over %i sessions, each is written once before any is written again',
  (sessions) => {
    const turns = new Turns({ sessions, writers: 3, spread: 'even' })
    for (const visit of [0, 1]) {
      const lap = Array.from({ length: sessions }, (_, at) => turns.next(at % 3))
      expect(new Set(lap.map((turn) => turn.session)).size).toBe(sessions)
      expect(new Set(lap.map((turn) => turn.visit))).toEqual(new Set([visit]))
    }
  },
)
