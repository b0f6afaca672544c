import { expect, test } from 'vitest'
import { RecentEntries } from './recent-entries.ts'

function noted(from: number, to: number, recent = new RecentEntries()): RecentEntries {
  for (let seq = from; seq <= to; seq += 1) recent.note(1, { seq, session: `s${seq}`, version: seq * 10 })
  return recent
}

test('the entries after a seq are told in order, and no more of them than asked for', () => {
  expect(noted(5, 9).after(1, 5, 2)).toEqual([
    { seq: 6, session: 's6', version: 60 },
    { seq: 7, session: 's7', version: 70 },
  ])
  expect(
    noted(5, 9)
      .after(1, 4, 100)
      .map(({ seq }) => seq),
  ).toEqual([5, 6, 7, 8, 9])
  expect(noted(5, 9).after(1, 9, 100)).toEqual([])
})

test('[FE1] where the next entry is not remembered, none after it is told', () => {
  expect(noted(5, 9).after(1, 3, 100)).toEqual([])
  expect(noted(5, 9).after(2, 4, 100)).toEqual([])
})

test('[FE1] so many are remembered, and after that only the newest, still without a gap', () => {
  const recent = noted(1, 4097)
  expect(recent.after(1, 4095, 100)).toEqual([])
  expect(recent.after(1, 4096, 100).map(({ seq }) => seq)).toEqual([4097])
  const both = noted(1, 2048)
  for (let seq = 1; seq <= 2049; seq += 1) both.note(2, { seq, session: 'other', version: seq })
  expect(both.after(1, 0, 100)).toEqual([])
  expect(both.after(2, 2048, 100)).toHaveLength(1)
})

test('[FE1] an entry that does not follow the last one begins anew', () => {
  const recent = noted(1, 3)
  noted(6, 7, recent)
  expect(recent.after(1, 0, 100)).toEqual([])
  expect(recent.after(1, 5, 100).map(({ seq }) => seq)).toEqual([6, 7])
  noted(7, 8, recent)
  expect(recent.after(1, 5, 100)).toEqual([])
  expect(recent.after(1, 6, 100).map(({ seq }) => seq)).toEqual([7, 8])
})

test('what is forgotten is not told', () => {
  const recent = noted(1, 3)
  recent.forget()
  expect(recent.after(1, 0, 100)).toEqual([])
  expect(noted(7, 8, recent).after(1, 6, 100)).toHaveLength(2)
})
