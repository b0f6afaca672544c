import { describe, expect, test } from 'vitest'
import { hasWordsOf } from './words.ts'

const TEXTS = ['Refactor the Straße', '/srv/billing-service/API_v2', 'nightly ΟΔΟΣ', 'ｆｕｌｌ width', 'café']

describe('the words of a list', () => {
  test.each([
    'refactor',
    'REF',
    'the str',
    'STRASSE',
    'bill serv',
    'api',
    'v2',
    'οδοσ',
    'οδος',
    'full',
    'cafe\u0301',
    'CAFÉ',
    '  refactor   nightly ',
    'srv/bill',
    '',
    '/',
  ])('[WI6] "%s" is found', (asked) => {
    expect(hasWordsOf(asked, TEXTS)).toBe(true)
  })

  test.each(['factor', 'refactoring', 'illing', 'refactor weekly', 'cafes', 'ref_ctor %ly'])(
    '[WI6] "%s" is not found',
    (asked) => {
      expect(hasWordsOf(asked, TEXTS)).toBe(false)
    },
  )

  test('[WI6] where there are no texts nothing is found', () => {
    expect(hasWordsOf('a', [])).toBe(false)
  })
})
