import { expect, test } from 'vitest'
import { HOT_FIELDS, HotFields } from './hot-fields.ts'

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

test('what is forgotten has to be read again', () => {
  const fields = new HotFields()
  fields.note(1, 'field', ROW)
  fields.forget()
  expect(fields.row(1, 'field')).toBe(undefined)
})
