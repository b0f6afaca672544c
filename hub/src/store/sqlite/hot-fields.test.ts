import { expect, test } from 'vitest'
import { HOT_FIELDS, HotFields, OFTEN } from './hot-fields.ts'

const ROW = { text: '"value"', version: 3, seq: 7 }

test('a row is remembered as it is stored, and so is that there is none', () => {
  const fields = new HotFields()
  fields.note(1, 'there', ROW)
  fields.note(1, 'nowhere', null)
  fields.note(1, 'removed', { ...ROW, text: null })
  expect(fields.row(1, 'there')).toEqual(ROW)
  expect(fields.row(1, 'nowhere')).toBe(null)
  expect(fields.row(1, 'removed')).toEqual({ ...ROW, text: null })
  expect(fields.row(1, 'other')).toBe(undefined)
  expect(fields.row(2, 'there')).toBe(undefined)
})

test('a long value is not remembered, nor is the short one that it took the place of', () => {
  const fields = new HotFields()
  fields.note(1, 'field', ROW)
  fields.note(1, 'field', { ...ROW, text: 'x'.repeat(HOT_FIELDS.characters + 1), version: 4 })
  expect(fields.row(1, 'field')).toBe(undefined)
})

test('only so many are remembered', () => {
  const fields = new HotFields()
  for (let session = 0; session < HOT_FIELDS.count; session += 1) fields.note(session, 'field', ROW)
  expect(fields.row(0, 'field')).toEqual(ROW)
  fields.note(HOT_FIELDS.count, 'field', ROW)
  expect(fields.row(0, 'field')).toBe(undefined)
  expect(fields.row(HOT_FIELDS.count, 'field')).toEqual(ROW)
})

test('a removed field whose row is gone is one that is not there, and stays one that is written often', () => {
  const fields = new HotFields()
  const removed = { ...ROW, text: null }
  for (let at = 1; at < OFTEN; at += 1) fields.wrote(1, 'removed', removed)
  for (const [name, row] of Object.entries({ later: { ...removed, version: 4 }, there: ROW, nowhere: null }))
    fields.note(1, name, row)
  fields.note(2, 'removed', removed)
  fields.forgetRemoved(1, 3)
  fields.forgetRemoved(3, 3)
  expect(fields.row(1, 'removed')).toBe(null)
  expect(fields.row(1, 'later')).toEqual({ ...removed, version: 4 })
  expect(fields.row(1, 'there')).toEqual(ROW)
  expect(fields.row(1, 'nowhere')).toBe(null)
  expect(fields.row(2, 'removed')).toEqual(removed)
  expect(fields.wrote(1, 'removed', ROW)).toBe(true)
})

test('what is forgotten has to be read again', () => {
  const fields = new HotFields()
  fields.note(1, 'field', ROW)
  fields.forget()
  expect(fields.row(1, 'field')).toBe(undefined)
})

test('a field that is written often is told once, and reading it does not count', () => {
  const fields = new HotFields()
  const told = Array.from({ length: 3 * OFTEN }, (_, at) => {
    fields.note(1, 'field', ROW)
    fields.wrote(1, 'other', ROW)
    return fields.wrote(1, 'field', { ...ROW, version: at })
  })
  expect(told.flatMap((isOften, at) => (isOften ? [at + 1] : []))).toEqual([OFTEN])
  expect(fields.row(1, 'field')?.version).toBe(3 * OFTEN - 1)
})

test('a long value is never told', () => {
  const fields = new HotFields()
  const long = { ...ROW, text: 'x'.repeat(HOT_FIELDS.characters + 1) }
  for (let at = 0; at < 3 * OFTEN; at += 1) expect(fields.wrote(1, 'field', long)).toBe(false)
})
