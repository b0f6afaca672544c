import { existsSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Workshop } from './contract/workshop.ts'
import { loadDriver, type OpenDriver, type SqliteDriver, type SqlValue } from './driver.ts'
import { faultOf, sqliteCode } from './fault.ts'

let workshop: Workshop
let open: OpenDriver
let driver: SqliteDriver

beforeEach(async () => {
  workshop = new Workshop()
  open = await loadDriver()
  driver = open(workshop.database)
  driver.exec(
    'pragma journal_mode = wal; create table item (key integer primary key, name text unique) strict;',
  )
})

afterEach(async () => {
  driver.close()
  await workshop.remove()
})

function thrownBy(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  return undefined
}

function leftovers(): string[] {
  return ['-wal', '-shm', '-journal'].filter((end) => existsSync(workshop.database + end))
}

describe('parameters', () => {
  const insert = 'insert into item (key, name) values (?, ?)'

  test.each<[string, SqlValue[]]>([
    ['none', []],
    ['one too few', [1]],
    ['one too many', [1, 'a', 'b']],
  ])('%s is refused, and nothing runs', (_, params) => {
    expect(thrownBy(() => driver.prepare(insert).run(...params))).toBeInstanceOf(RangeError)
    expect(
      thrownBy(() => driver.prepare('select key from item where key = ? and name = ?').get(...params)),
    ).toBeInstanceOf(RangeError)
    expect(
      thrownBy(() => driver.prepare('select key from item where key = ? and name = ?').all(...params)),
    ).toBeInstanceOf(RangeError)
    expect(driver.prepare('select key from item').all()).toEqual([])
  })

  test.each<[string, unknown]>([
    ['true', true],
    ['false', false],
    ['undefined', undefined],
    ['a Date', new Date(0)],
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['an object', { a: 1 }],
    ['a list', [1]],
    ['a symbol', Symbol('a')],
    ['a function', () => 1],
  ])('%s can not be bound, and nothing runs', (_, value) => {
    expect(thrownBy(() => driver.prepare(insert).run(1, value as SqlValue))).toBeInstanceOf(TypeError)
    expect(
      thrownBy(() => driver.prepare('select key from item where name = ?').get(value as SqlValue)),
    ).toBeInstanceOf(TypeError)
    expect(
      thrownBy(() => driver.prepare('select key from item where name = ?').all(value as SqlValue)),
    ).toBeInstanceOf(TypeError)
    expect(driver.prepare('select key from item').all()).toEqual([])
  })

  test('texts, numbers, null and bytes come back as they went in', () => {
    driver.exec(
      'create table thing (key integer primary key, t text, r real, i integer, n text, b blob) strict',
    )
    const bytes = new Uint8Array([0, 255, 34, 0])
    const text = 'caf\u00E9 \u{1F600} \u2028 "\'? ;'
    driver
      .prepare('insert into thing (t, r, i, n, b) values (?, ?, ?, ?, ?)')
      .run(text, 0.1, 2 ** 53 - 1, null, bytes)
    const row = driver.prepare('select t, r, i, n, b from thing').get<{ b: Uint8Array }>()
    expect({ ...row, b: [...(row?.b ?? [])] }).toEqual({
      t: text,
      r: 0.1,
      i: 2 ** 53 - 1,
      n: null,
      b: [0, 255, 34, 0],
    })
  })
})

describe('statements', () => {
  test.each([
    `insert into item (name) values ('a'); insert into item (name) values ('b')`,
    `select 1; select 2;`,
  ])('a text holds one statement: %s', (sql) => {
    expect(thrownBy(() => driver.prepare(sql))).toBeInstanceOf(TypeError)
    expect(driver.prepare('select key from item').all()).toEqual([])
  })

  test('one semicolon at the end does no harm', () => {
    expect(driver.prepare('select 1 as one;\n').get()).toEqual({ one: 1 })
  })

  test('exec runs all statements of a text', () => {
    driver.exec(`insert into item (name) values ('a'); insert into item (name) values ('b');`)
    expect(driver.prepare('select name from item order by key').all()).toEqual([{ name: 'a' }, { name: 'b' }])
  })

  test('no row is undefined, and no rows are an empty list', () => {
    expect(driver.prepare('select key from item where key = ?').get(9)).toBe(undefined)
    expect(driver.prepare('select key from item where key = ?').all(9)).toEqual([])
  })

  test('a write tells how many rows it changed, none where a conflict was passed over', () => {
    const insert = driver.prepare('insert into item (key, name) values (?, ?) on conflict (name) do nothing')
    expect(insert.run(7, 'a')).toEqual({ changes: 1, rowid: 7 })
    expect(insert.run(8, 'a').changes).toBe(0)
    insert.run(9, 'b')
    expect(driver.prepare(`update item set name = name || 'x'`).run().changes).toBe(2)
    expect(driver.prepare('delete from item where key = ?').run(100).changes).toBe(0)
  })

  test('a transaction is told from none', () => {
    expect(driver.inTransaction).toBe(false)
    driver.exec('begin immediate')
    expect(driver.inTransaction).toBe(true)
    driver.exec('rollback')
    expect(driver.inTransaction).toBe(false)
  })
})

describe('closing leaves neither a log nor its index behind', () => {
  test('after writes', () => {
    driver.exec(`insert into item (name) values ('a')`)
    expect(leftovers()).toEqual(['-wal', '-shm'])
    driver.close()
    expect(leftovers()).toEqual([])
    driver = open(workshop.database)
    expect(driver.prepare('select name from item').all()).toEqual([{ name: 'a' }])
  })

  test('after more statements than any library keeps', () => {
    for (let n = 0; n < 200; n += 1) {
      driver.prepare(`insert into item (name) values (?)`).run(`name ${n}`)
      driver.prepare(`select key, ${n} as n from item where key > ?`).get(0)
      driver.prepare(`select key, ${n} as n from item`).all()
    }
    driver.close()
    expect(leftovers()).toEqual([])
    driver = open(workshop.database)
  })

  test('after statements that failed', () => {
    const insert = driver.prepare('insert into item (name) values (?)')
    insert.run('a')
    expect(thrownBy(() => insert.run('a'))).toBeInstanceOf(Error)
    expect(thrownBy(() => driver.prepare('select nothing from item'))).toBeInstanceOf(Error)
    expect(
      thrownBy(() =>
        driver.exec(`insert into item (name) values ('b'); insert into item (name) values ('a')`),
      ),
    ).toBeInstanceOf(Error)
    driver.close()
    expect(leftovers()).toEqual([])
    driver = open(workshop.database)
  })

  test('in the middle of a transaction, which is undone', () => {
    driver.exec(`begin immediate; insert into item (name) values ('a')`)
    driver.close()
    expect(leftovers()).toEqual([])
    driver = open(workshop.database)
    expect(driver.prepare('select name from item').all()).toEqual([])
  })
})

describe('what went wrong is told by its code', () => {
  test.each<[string, string]>([
    ['a unique value twice', `insert into item (name) values ('a'), ('a')`],
    ['text in an integer column', `insert into item (key, name) values ('x', 'a')`],
    ['a column that is not there', 'select nothing from item'],
    ['no SQL at all', 'sleect 1'],
  ])('%s is a fault of ours', (_, sql) => {
    const error = thrownBy(() => driver.exec(sql))
    expect(sqliteCode(error)).toMatch(/^SQLITE_(CONSTRAINT|ERROR|MISMATCH)/)
    expect(faultOf(error)).toBe('bug')
  })

  test('a lock that another connection holds is busy', () => {
    const other = open(workshop.database)
    try {
      driver.exec('begin immediate')
      other.exec('pragma busy_timeout = 0')
      const error = thrownBy(() => other.exec('begin immediate'))
      expect(sqliteCode(error)).toMatch(/^SQLITE_BUSY/)
      expect(faultOf(error)).toBe('busy')
    } finally {
      other.close()
    }
  })

  test('a read that would have to become a write over another one is busy at once', () => {
    const other = open(workshop.database)
    try {
      other.exec('begin')
      other.prepare('select key from item').all()
      driver.exec(`insert into item (name) values ('a')`)
      expect(faultOf(thrownBy(() => other.exec(`insert into item (name) values ('b')`)))).toBe('busy')
    } finally {
      other.close()
    }
  })

  test('a file that may not grow is full', () => {
    driver.exec('pragma max_page_count = 4')
    const error = thrownBy(() =>
      driver.prepare('insert into item (name) values (?)').run('a'.repeat(100_000)),
    )
    expect(sqliteCode(error)).toMatch(/^SQLITE_FULL/)
    expect(faultOf(error)).toBe('full')
  })

  test('a file that is no database, and one that may not be written, are the disk', () => {
    const text = workshop.file('text.db')
    writeFileSync(text, 'Dear diary, '.repeat(1000))
    const foreign = open(text)
    const reader = open(workshop.database, { readonly: true })
    try {
      const notOne = thrownBy(() => foreign.prepare('select name from sqlite_schema').all())
      expect(sqliteCode(notOne)).toMatch(/^SQLITE_NOTADB/)
      const readonly = thrownBy(() => reader.exec(`insert into item (name) values ('a')`))
      expect(sqliteCode(readonly)).toMatch(/^SQLITE_READONLY/)
      expect([faultOf(notOne), faultOf(readonly)]).toEqual(['disk', 'disk'])
    } finally {
      foreign.close()
      reader.close()
    }
  })

  test('a read-only connection does not make a file', () => {
    const error = thrownBy(() => open(workshop.file('none.db'), { readonly: true }))
    expect(sqliteCode(error)).toMatch(/^SQLITE_CANTOPEN/)
    expect(existsSync(workshop.file('none.db'))).toBe(false)
  })

  test('an error without a code of SQLite is a fault of ours', () => {
    for (const error of [new TypeError('x'), { code: 'ENOENT' }, { code: 5 }, null, 'SQLITE_FULL']) {
      expect(sqliteCode(error)).toBe(null)
      expect(faultOf(error)).toBe('bug')
    }
  })
})
