import { describe, expect, test } from 'vitest'
import { UnstoredEnds, type ClientEnd } from './unstored-ends.ts'

function endOf(run: string, more: Partial<ClientEnd> = {}): ClientEnd {
  return { run: { namespace: 'default', run }, outcome: 'success', reason: 'completed', ...more }
}

describe('ends that are not stored yet', () => {
  test('[RU2] are kept in their order, and each as it was said first', () => {
    const ends = new UnstoredEnds()
    for (const end of [endOf('a'), endOf('b'), endOf('a', { outcome: 'failed' })])
      expect(ends.keep(end)).toBe(null)
    expect(ends.all()).toEqual([endOf('a'), endOf('b')])
  })

  test('[RU2] of too many the oldest is given back, and is not kept', () => {
    const ends = new UnstoredEnds(2)
    expect([ends.keep(endOf('a')), ends.keep(endOf('b'))]).toEqual([null, null])
    expect(ends.keep(endOf('c'))).toEqual(endOf('a'))
    expect(ends.all()).toEqual([endOf('b'), endOf('c')])
    expect([ends.has(endOf('a').run), ends.has(endOf('b').run)]).toEqual([false, true])
  })

  test('[RU2] one that is stored is forgotten', () => {
    const ends = new UnstoredEnds()
    ends.keep(endOf('a'))
    ends.forget(endOf('a').run)
    expect([ends.all(), ends.has(endOf('a').run)]).toEqual([[], false])
  })

  test('[SE2] a run of the same id in another namespace is another one', () => {
    const ends = new UnstoredEnds()
    ends.keep(endOf('a'))
    const run = { namespace: 'other', run: 'a' }
    expect([ends.has(run), ends.inNamespace('other')]).toEqual([false, []])
    ends.forget(run)
    expect(ends.inNamespace('default')).toEqual([endOf('a')])
  })
})
