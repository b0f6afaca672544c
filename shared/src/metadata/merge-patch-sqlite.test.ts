import { expect, test } from 'vitest'
import * as fc from 'fast-check'
import type { Json } from './json.ts'
import { applyMergePatch } from './merge-patch.ts'

interface Sqlite {
  prepare(sql: string): { get(...params: string[]): unknown }
  exec(sql: string): unknown
  close(): void
}
type OpenSqlite = new (file: string) => Sqlite

/** The SQLite that the runner has: Bun's own, or better-sqlite3. */
async function openSqlite(): Promise<Sqlite> {
  const bun = process.versions['bun'] !== undefined
  const module = (await import(bun ? 'bun:sqlite' : 'better-sqlite3')) as { default: OpenSqlite }
  return new module.default(':memory:')
}

// Left out, because SQLite's JSON is another one there: names that need an escape (it compares their raw text), members
// that occur twice (no JavaScript object has them), fractions and -0 (it keeps the number's text as it was written).
const name = fc.constantFrom('a', 'b', 'c', 'd', 'key', 'Key', '\u00E9')
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    fc.constant(null),
    fc.oneof(fc.boolean(), fc.maxSafeInteger(), fc.string(), fc.string({ unit: 'grapheme' })),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 5, noNullPrototype: true }),
    fc.dictionary(name, tie('value'), { maxKeys: 5, noNullPrototype: true }),
  ),
}))
const text = value.map((drawn) => JSON.stringify(drawn))
const objectText = fc
  .dictionary(name, value, { maxKeys: 6, noNullPrototype: true })
  .map((drawn) => JSON.stringify(drawn))

test('[ME4] SQLite says the same of 10,000 random pairs', async () => {
  const sqlite = await openSqlite()
  try {
    sqlite.exec('BEGIN')
    const statement = sqlite.prepare('SELECT json_patch(?, ?) AS merged')
    let objects = 0
    fc.assert(
      fc.property(text, fc.oneof(objectText, objectText, text), (target, patch) => {
        const { merged } = statement.get(target, patch) as { merged: string }
        if (patch.startsWith('{') && target.startsWith('{')) objects += 1
        expect(applyMergePatch(JSON.parse(target) as Json, JSON.parse(patch) as Json)).toStrictEqual(
          JSON.parse(merged),
        )
      }),
      { numRuns: 10_000 },
    )
    expect(objects).toBeGreaterThan(1000)
    sqlite.exec('COMMIT')
  } finally {
    sqlite.close()
  }
}, 60_000)
