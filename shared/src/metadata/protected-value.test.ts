import { expect, test } from 'vitest'
import { protectedValueProblem } from './protected-value.ts'

test.each([
  ['a token', '8f14e45f-ceea-467f-a0e6-b1f3b4a5c6d7'],
  ['one character', '0'],
  ['text with blanks around it', ' a '],
  ['4,096 bytes', 'x'.repeat(4096)],
  ['4,096 bytes of three each, and one', `${'\u20AC'.repeat(1365)}x`],
  ['4,096 bytes of four each', '\u{1F600}'.repeat(1024)],
  ['a line end inside', 'a\nb'],
])('[ME7] %s can stand in a protected field', (_, value) => {
  expect(protectedValueProblem(value)).toBeNull()
})

test.each<[string, unknown, RegExp]>([
  ['an empty text', '', /blank/],
  ['a space', ' ', /blank/],
  ['every kind of blank', ' \t\n\v\f\r\u00A0\u2003\u2028\u2029\u3000\uFEFF', /blank/],
  ['null', null, /string/],
  ['nothing', undefined, /string/],
  ['a number', 12, /string/],
  ['a truth value', true, /string/],
  ['a list', ['a'], /string/],
  ['an object', { toString: () => 'a' }, /string/],
  ['a boxed text', Object('a'), /string/],
  ['4,097 bytes', 'x'.repeat(4097), /4097 bytes.*4096/],
  ['4,097 bytes in fewer characters', `${'\u20AC'.repeat(1365)}xx`, /4097 bytes.*4096/],
  ['4,098 bytes in half as many characters', '\u00E9'.repeat(2049), /4098 bytes.*4096/],
])('[ME7] %s can not', (_, value, problem) => {
  expect(protectedValueProblem(value)).toMatch(problem)
})
