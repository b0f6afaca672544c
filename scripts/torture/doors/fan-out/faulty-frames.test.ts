import { describe, expect, test } from 'vitest'
import { FaultyFrames, FRAME_FAULTS, type FrameFault } from './faulty-frames.ts'

/** What happens to two messages of which the first one meets this fault. */
function happens(fault: FrameFault): string[] {
  const done: string[] = []
  const at = (FRAME_FAULTS.indexOf(fault) + 0.5) / FRAME_FAULTS.length
  const numbers = [0, at, 0.9]
  const frames = new FaultyFrames(() => numbers.shift() ?? 0, 0.5)
  for (const name of ['one', 'two'])
    frames.pass(
      { event: 'changes', payload: name, ack: () => done.push(`acked ${name}`) },
      ({ payload }) => done.push(`took ${String(payload)}`),
      () => done.push('cut'),
    )
  expect(frames.counts).toEqual(new Map([[fault, 1]]))
  return done
}

describe('a message', () => {
  test.each<[FrameFault, string[]]>([
    ['lost', ['acked one', 'took two']],
    ['unheard', ['took two']],
    ['twice', ['took one', 'took one', 'took two']],
    ['late', ['acked one', 'took two', 'took one']],
    ['cutBefore', ['cut', 'took two']],
    ['cutAfter', ['took one', 'cut', 'took two']],
  ])('can be %s', (fault, expected) => {
    expect(happens(fault)).toEqual(expected)
  })

  test('arrives as it is when all is calm', () => {
    const frames = new FaultyFrames(() => 0, 1)
    frames.isFaulty = false
    const taken: unknown[] = []
    const told = { event: 'facts', payload: 1, ack: () => undefined } as const
    frames.pass(
      told,
      (arrived) => taken.push(arrived),
      () => taken.push('cut'),
    )
    expect([taken, frames.counts.size]).toEqual([[told], 0])
  })
})
