import { describe, expect, test } from 'vitest'
import { findLockfileProblems, isBelow } from './lockfile-rules.ts'
import { findSourceProblems } from './source-rules.ts'

const lines = (file: string, source: string) => findSourceProblems(file, source).map(({ line }) => line)
const lockfile = (packages: object) => JSON.stringify({ packages }, null, 2)
const star = '*'

describe('findSourceProblems', () => {
  test('a query that takes every column, in SQL and in a text of a script', () => {
    expect(lines('a.sql', `select a\nfrom t;\nSELECT ${star} from t`)).toEqual([3])
    expect(lines('a.sql', `select\n  t.${star} from t; select distinct ${star} from t`)).toEqual([1, 2])
    expect(lines('a.ts', `db.prepare('select ${star} from t')`)).toEqual([1])
    expect(lines('a.sql', `select count(${star}), 2 ${star} a from t -- select ${star} is not used`)).toEqual(
      [],
    )
  })

  test('issue numbers in comments', () => {
    expect(lines('a.ts', '// see #916\n/* GH-12 */\n// https://host/x/issues/4')).toEqual([1, 2, 3])
    expect(lines('a.sql', '-- after #5')).toEqual([1])
    expect(lines('.ci/run', '#!/bin/sh\n# for #5\necho "#6"')).toEqual([2])
    expect(lines('a.ts', "const color = '#123456' // and &#39; is a quote\nthis.#a1()")).toEqual([])
  })

  test('notes to oneself in comments', () => {
    expect(lines('a.mjs', '// TODO later\n/* FIXME */\n// XXX')).toEqual([1, 2, 3])
    expect(lines('a.ts', "const TODO = 'FIXME'")).toEqual([])
  })

  test('inline lint disables', () => {
    expect(
      lines('a.ts', '// oxlint-disable-next-line x\n// eslint-disable\n// @ts-ignore\n// @ts-expect-error'),
    ).toEqual([1, 2, 3, 4])
    expect(lines('a.ts', "const name = '@ts-ignore'")).toEqual([])
  })

  test('a file of more than 400 lines, tests aside', () => {
    const long = 'a\n'.repeat(401)
    expect(lines('a.ts', 'a\n'.repeat(400))).toEqual([])
    expect(lines('a.ts', long)).toEqual([401])
    expect(lines('a.mjs', long)).toEqual([401])
    expect(lines('a.test.ts', long)).toEqual([])
    expect(lines('hub/src/store/contract/a.ts', long)).toEqual([])
  })

  test('a file that is no source is left alone', () => {
    expect(lines('a.md', `select ${star} from t`)).toEqual([])
  })
})

describe('findLockfileProblems', () => {
  test('addresses of a registry', () => {
    const text = lockfile({ 'node_modules/a': { version: '1.0.0', resolved: 'https://host/a.tgz' } })
    expect(findLockfileProblems('l.json', text).map(({ line }) => line)).toEqual([5])
    expect(findLockfileProblems('l.json', lockfile({ x: { resolved: 'shared', link: true } }))).toEqual([])
  })

  test('versions below their floor, wherever they are installed', () => {
    const text = lockfile({
      'node_modules/ws': { version: '8.21.0' },
      'node_modules/a/node_modules/ws': { version: '8.20.9' },
      'node_modules/@hono/node-server': { version: '2.0.9' },
      'node_modules/b': { version: '0.0.1' },
    })
    expect(findLockfileProblems('l.json', text).map(({ message }) => message)).toEqual([
      'ws is 8.20.9; at least 8.21.0 is needed',
      '@hono/node-server is 2.0.9; at least 2.0.10 is needed',
    ])
  })

  test('versions are compared by number', () => {
    const below = ['2.0.9', '1.9.99', '2.0.10-rc.1'].map((version) => isBelow(version, '2.0.10'))
    const atLeast = ['2.0.10', '2.0.11', '2.1.0', '10.0.0', '2.0.11-rc.1'].map((version) =>
      isBelow(version, '2.0.10'),
    )
    expect([...below, ...atLeast]).toEqual([true, true, true, false, false, false, false, false])
  })
})
