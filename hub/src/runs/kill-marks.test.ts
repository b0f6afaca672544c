import { expect, test } from 'vitest'
import { TestClock } from '../store/contract/test-store.ts'
import { KillMarks } from './kill-marks.ts'

const S = { namespace: 'default', session: 's' }

test('[RU2] an end was asked for until a minute after it was, and not where nobody was there to be asked', () => {
  const clock = new TestClock()
  const marks = new KillMarks(clock.now)
  expect(marks.wasAsked(S)).toBe(false)
  marks.asked(S)
  clock.move(59_999)
  expect(marks.wasAsked(S)).toBe(true)
  marks.asked(S)
  clock.move(59_999)
  expect(marks.wasAsked(S)).toBe(true)
  clock.move(1)
  expect(marks.wasAsked(S)).toBe(false)
  marks.asked(S)
  marks.notAsked(S)
  expect(marks.wasAsked(S)).toBe(false)
})

test('[RU2] what was said last of an asked end is known as long as that it was asked for', () => {
  const clock = new TestClock()
  const marks = new KillMarks(clock.now)
  expect(marks.whyAsked(S)).toBe(null)
  marks.asked(S, 'first')
  marks.asked(S, 'last')
  expect(marks.whyAsked(S)).toBe('last')
  marks.asked(S)
  expect(marks.whyAsked(S)).toBe(null)
  marks.asked(S, 'again')
  clock.move(60_000)
  expect(marks.whyAsked(S)).toBe(null)
})

test('[SE2] [RU2] an end of the same session of another namespace is another one', () => {
  const marks = new KillMarks(new TestClock().now)
  marks.asked(S)
  expect(marks.wasAsked({ ...S, namespace: 'other' })).toBe(false)
})
