import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { used, killed, sql, overwrite, cut, messageOf } from './contract/found-files.ts'
import { rejectionOf, sha256Of, startHelper, Workshop } from './contract/workshop.ts'
import { openSqliteStore } from './sqlite-store.ts'

let workshop: Workshop
let database: string

beforeEach(() => {
  workshop = new Workshop()
  database = workshop.database
})

afterEach(() => workshop.remove())

interface Refused {
  readonly state: string
  readonly make: () => unknown
  readonly code: string
  readonly says: RegExp
}

const REFUSED: readonly Refused[] = [
  {
    state: 'a file that is gone, though a hub used it before',
    make: async () => {
      await used(workshop)
      rmSync(database)
    },
    code: 'database_missing',
    says: /holdfast\.db\.mark/,
  },
  {
    state: 'a file that is gone while its log is there',
    make: async () => {
      await killed(workshop)
      rmSync(database)
    },
    code: 'database_damaged',
    says: /its log is there/,
  },
  {
    state: 'a file that is gone while its log is there, and nobody knows that a hub used it',
    make: async () => {
      await killed(workshop)
      rmSync(database)
      rmSync(`${database}.mark`)
    },
    code: 'database_damaged',
    says: /its log is there/,
  },
  {
    state: 'an empty file whose log is there, and nobody knows that a hub used it',
    make: async () => {
      await killed(workshop)
      cut(database, 0)
      rmSync(`${database}.mark`)
    },
    code: 'database_damaged',
    says: /its log is there/,
  },
  {
    state: 'an empty file that held data before',
    make: async () => {
      await used(workshop)
      writeFileSync(database, '')
    },
    code: 'database_damaged',
    says: /held data before/,
  },
  {
    state: 'a text file',
    make: () => writeFileSync(database, 'Dear diary, today I wrote no SQL. '.repeat(300)),
    code: 'database_foreign',
    says: /not a database/,
  },
  {
    state: 'a text file shorter than a page',
    make: () => writeFileSync(database, 'Dear diary'),
    code: 'database_foreign',
    says: /not a database/,
  },
  {
    state: 'the database of another program, without an id of its own',
    make: () =>
      sql(
        database,
        `create table cookie (key integer primary key, name text); insert into cookie (name) values ('a')`,
      ),
    code: 'database_foreign',
    says: /another program/,
  },
  {
    state: 'the database of another program, with an id of its own',
    make: () =>
      sql(
        database,
        'pragma application_id = 252006674; pragma user_version = 1; create table cookie (name text)',
      ),
    code: 'database_foreign',
    says: /another program/,
  },
  {
    state: 'a database that a newer release wrote',
    make: async () => {
      await used(workshop)
      await sql(database, 'pragma user_version = 9999; create table later (key integer primary key)')
    },
    code: 'database_newer',
    says: /9999/,
  },
  {
    state: 'a database without one of its tables',
    make: async () => {
      await used(workshop)
      await sql(database, 'drop view sessions; drop table resume_token')
    },
    code: 'database_damaged',
    says: /resume_token/,
  },
  {
    state: 'a database without the table that says how much it holds',
    make: async () => {
      await used(workshop)
      await sql(database, 'drop table meta')
    },
    code: 'database_damaged',
    says: /meta/,
  },
  {
    state: 'a database whose table is another one than it should be',
    make: async () => {
      await used(workshop)
      await sql(
        database,
        'drop table mutation; create table mutation (namespace integer, id text, body blob, answer text, at integer)',
      )
    },
    code: 'database_damaged',
    says: /mutation/,
  },
  {
    state: 'a table with a column more than it should have',
    make: async () => {
      await used(workshop)
      await sql(database, 'alter table agent_state add column more text')
    },
    code: 'database_damaged',
    says: /agent_state/,
  },
  {
    state: 'a database without one of its indexes',
    make: async () => {
      await used(workshop)
      await sql(database, 'drop index resume_token_by_value')
    },
    code: 'database_damaged',
    says: /resume_token_by_value/,
  },
  {
    state: 'a journal with a gap in it',
    make: async () => {
      await used(workshop)
      await sql(database, 'delete from journal where seq = 2')
    },
    code: 'database_damaged',
    says: /journal of default has a gap/,
  },
  {
    state: 'a journal without its newest entry',
    make: async () => {
      await used(workshop)
      await sql(database, 'delete from journal where seq = 3')
    },
    code: 'database_damaged',
    says: /journal of default has a gap/,
  },
  {
    state: 'a journal with an entry of which the counter knows nothing',
    make: async () => {
      await used(workshop)
      await sql(database, 'update namespace set head = 2')
    },
    code: 'database_damaged',
    says: /journal of default has a gap/,
  },
  {
    state: 'a file cut in half',
    make: async () => {
      await used(workshop, 50)
      cut(database, Math.floor(statSync(database).size / 2))
    },
    code: 'database_damaged',
    says: /restore it from a backup/,
  },
  {
    state: 'a file cut to a little more than its first page',
    make: async () => {
      await used(workshop, 50)
      cut(database, 5000)
    },
    code: 'database_damaged',
    says: /restore it from a backup/,
  },
  {
    state: 'a page smashed in the middle',
    make: async () => {
      await used(workshop, 50)
      const middle = Math.floor(statSync(database).size / 4096 / 2)
      overwrite(database, middle * 4096, new Uint8Array(4096).fill(0xa5))
    },
    code: 'database_damaged',
    says: /restore it from a backup/,
  },
  {
    state: 'every page but the first filled with zeros',
    make: async () => {
      await used(workshop)
      overwrite(database, 4096, new Uint8Array(statSync(database).size - 4096))
    },
    code: 'database_damaged',
    says: /restore it from a backup/,
  },
  {
    state: 'a header that says neither log nor journal',
    make: async () => {
      await used(workshop)
      overwrite(database, 18, new Uint8Array([9, 9]))
    },
    code: 'database_foreign',
    says: /not a database/,
  },
]

/** The database and, where nothing can be read from it, its log. */
function hashes(): string[] {
  const gone = !existsSync(database) || statSync(database).size === 0
  const files = gone ? [database, `${database}-wal`] : [database]
  return files.map((file) => (existsSync(file) ? sha256Of(file) : `no ${file}`))
}

describe('what is not safe to write to is refused, and left as it is', () => {
  test.each(REFUSED.map((refused) => [refused.state, refused] as const))('[OP3] %s', async (_, refused) => {
    await refused.make()
    const before = hashes()
    for (const attempt of [1, 2, 3]) {
      const opening = openSqliteStore(database)
      expect({ attempt, code: await rejectionOf(opening) }).toEqual({ attempt, code: refused.code })
      expect(await messageOf(opening)).toMatch(refused.says)
    }
    expect(hashes()).toEqual(before)
  })

  test('[OP3] a newer schema in a log that was never moved: neither file changes', async () => {
    await used(workshop)
    const helper = startHelper(
      workshop,
      database,
      `const driver = openDriver(path)
       driver.exec('pragma wal_autocheckpoint = 0; pragma user_version = 9999; create table later (key integer primary key)')
       console.log('written')`,
    )
    expect(await helper.line()).toBe('written')
    await helper.kill()
    const before = [sha256Of(database), sha256Of(`${database}-wal`)]
    expect(await rejectionOf(openSqliteStore(database))).toBe('database_newer')
    expect([sha256Of(database), sha256Of(`${database}-wal`)]).toEqual(before)
  })
})
