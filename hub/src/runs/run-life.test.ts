import { runStateSchema, type RunState } from '@holdfast/shared/records/run'
import { describe, expect, test } from 'vitest'
import { isLive, isUnconfirmed, NEXT, RUN_EVENTS, stateAfter, type RunEvent } from './run-life.ts'

/** Every step that there is; every other one is none. */
const STEPS: readonly (readonly [RunState, RunEvent, RunState])[] = [
  ['attempt', 'accepted', 'starting'],
  ['attempt', 'confirmed', 'running'],
  ['attempt', 'succeeded', 'failed'],
  ['attempt', 'failed', 'failed'],
  ['attempt', 'cancelled', 'cancelled'],
  ['attempt', 'interrupted', 'withdrawn'],
  ['attempt', 'given-up', 'withdrawn'],
  ['starting', 'confirmed', 'running'],
  ['starting', 'succeeded', 'failed'],
  ['starting', 'failed', 'failed'],
  ['starting', 'cancelled', 'cancelled'],
  ['starting', 'interrupted', 'failed'],
  ['starting', 'given-up', 'failed'],
  ['running', 'succeeded', 'success'],
  ['running', 'failed', 'failed'],
  ['running', 'cancelled', 'cancelled'],
  ['running', 'interrupted', 'interrupted'],
  ['interrupted', 'revived', 'running'],
]

const STATES = runStateSchema.options
const PAIRS = STATES.flatMap((state) => RUN_EVENTS.map((event) => [state, event] as const))

describe('the life of a run', () => {
  test.each(PAIRS)('[RU5][RI1] %s, %s', (state, event) => {
    const step = STEPS.find(([from, by]) => from === state && by === event)
    expect(NEXT[state][event]).toBe(step?.[2] ?? null)
  })

  test('[RU5] a step that there is not is a bug', () => {
    expect(stateAfter('running', 'succeeded')).toBe('success')
    expect(() => stateAfter('success', 'revived')).toThrow('Bug')
  })

  test('[RU5] what is live can end in every way, and what has ended by its own word never goes on', () => {
    for (const state of STATES) {
      const ends = (['succeeded', 'failed', 'cancelled', 'interrupted'] as const).map(
        (event) => NEXT[state][event],
      )
      expect(ends.every((next) => next !== null && !isLive(next))).toBe(isLive(state))
    }
    for (const over of ['success', 'failed', 'cancelled', 'withdrawn'] as const)
      expect(Object.values(NEXT[over])).toEqual(RUN_EVENTS.map(() => null))
  })

  test('[RI1] success needs a confirmation', () => {
    for (const state of STATES) {
      const becomes = Object.values(NEXT[state])
      expect(becomes.includes('success')).toBe(state === 'running')
      expect(becomes.includes('withdrawn')).toBe(state === 'attempt')
    }
    expect(STATES.filter(isUnconfirmed)).toEqual(['attempt', 'starting'])
    expect(STATES.filter(isLive)).toEqual(['attempt', 'starting', 'running'])
  })
})
