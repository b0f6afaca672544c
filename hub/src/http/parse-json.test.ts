import { describe, expect, test } from 'vitest'
import { parseJson } from './parse-json.ts'

const parsed = (text: string) => parseJson(new TextEncoder().encode(text))

describe('reading JSON', () => {
  test('[SE5] H33 of a member that is named twice the last counts', () => {
    expect(parsed('{"a":1,"b":2,"a":3}')).toEqual({ kind: 'json', value: { a: 3, b: 2 } })
  })

  test('[SE5] H31 a byte order mark is not part of it', () => {
    expect(parsed('\uFEFF{"a":1}')).toEqual({ kind: 'json', value: { a: 1 } })
  })

  test('[SE4] what is wrong is said without a word of the body', () => {
    for (const text of [
      'secret',
      '{"a":secret}',
      '{"secret"',
      '["secret",]',
      '{"a":"secret\n"}',
      '{"a":1}secret',
    ]) {
      const refused = parsed(text)
      expect(refused).toMatchObject({ kind: 'refused', code: 'invalid_json' })
      expect(JSON.stringify(refused)).not.toContain('secret')
    }
  })

  test('[SE5] H29 H32 emptiness and bytes that are no text have sentences of their own', () => {
    expect(parsed('')).toMatchObject({ code: 'invalid_json', message: expect.stringContaining('empty') })
    const broken = parseJson(new Uint8Array([0xff]))
    expect(broken).toMatchObject({ code: 'invalid_json', message: expect.stringContaining('UTF-8') })
  })
})
