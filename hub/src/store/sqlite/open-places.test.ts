import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { used, tagsIn } from './contract/found-files.ts'
import { makeSession, rejectionOf, sha256Of, Workshop } from './contract/workshop.ts'
import { openSqliteStore } from './sqlite-store.ts'

let workshop: Workshop
let database: string

beforeEach(() => {
  workshop = new Workshop()
  database = workshop.database
})

afterEach(() => workshop.remove())

/** Permission bits do not bind root, so as root the attempt is made as somebody else. */
async function asNobody(run: () => Promise<unknown>): Promise<void> {
  const { geteuid, seteuid } = process
  if (geteuid === undefined || seteuid === undefined) throw new Error('there are no users here to try it as')
  const root = geteuid() === 0
  if (root) {
    chmodSync(workshop.folder, 0o755)
    seteuid(65_534)
  }
  try {
    await run()
  } finally {
    if (root) seteuid(0)
  }
}

describe('what is no place for a database', () => {
  const places: readonly (readonly [state: string, make: () => string])[] = [
    [
      'a folder',
      () => {
        mkdirSync(database)
        return database
      },
    ],
    [
      'a pipe',
      () => {
        expect(spawnSync('mkfifo', [database]).status).toBe(0)
        return database
      },
    ],
    ['a device', () => '/dev/null'],
    [
      'a file with a second name, by either name',
      () => {
        writeFileSync(database, '')
        linkSync(database, workshop.file('second.db'))
        return database
      },
    ],
    [
      'a link to nowhere',
      () => {
        symlinkSync(workshop.file('nowhere/at/all.db'), database)
        return database
      },
    ],
    [
      'a link to itself',
      () => {
        symlinkSync(database, database)
        return database
      },
    ],
    [
      'a path below a file',
      () => {
        writeFileSync(workshop.file('file'), '')
        return workshop.file('file/holdfast.db')
      },
    ],
    ['a name that is too long', () => workshop.file(`${'n'.repeat(300)}.db`)],
    ['a name with a NUL in it', () => workshop.file('a\u0000b.db')],
  ]

  test.each(places)('[OP3] %s', async (_, make) => {
    expect(await rejectionOf(openSqliteStore(make()))).toBe('database_unusable')
  })

  test('[OP3] a folder that may not be written to', async () => {
    mkdirSync(workshop.file('closed'), { mode: 0o555 })
    await asNobody(async () => {
      expect(await rejectionOf(openSqliteStore(workshop.file('closed/holdfast.db')))).toBe(
        'database_unusable',
      )
      expect(await rejectionOf(openSqliteStore(workshop.file('closed/deep/er/holdfast.db')))).toBe(
        'database_unusable',
      )
    })
    expect(existsSync(workshop.file('closed/holdfast.db'))).toBe(false)
  })

  test('[OP3] a database that may be read and not written', async () => {
    await used(workshop)
    mkdirSync(workshop.file('open'), { mode: 0o777 })
    chmodSync(workshop.file('open'), 0o777)
    copyFileSync(database, workshop.file('open/holdfast.db'))
    chmodSync(workshop.file('open/holdfast.db'), 0o444)
    const before = sha256Of(workshop.file('open/holdfast.db'))
    await asNobody(async () => {
      expect(await rejectionOf(openSqliteStore(workshop.file('open/holdfast.db')))).toBe('database_unusable')
    })
    expect(sha256Of(workshop.file('open/holdfast.db'))).toBe(before)
  })
})

describe('what is new', () => {
  test('a file that is missing is made, in folders that are made, for their owner alone', async () => {
    const mask = process.umask(0)
    workshop.later(() => process.umask(mask))
    const path = workshop.file('deep/er/holdfast.db')
    const store = workshop.closing(await openSqliteStore(path))
    await makeSession(store, 'a')
    const modes = [
      'deep',
      'deep/er',
      ...['', '-wal', '-shm', '.lock', '.mark'].map((end) => `deep/er/holdfast.db${end}`),
    ]
    expect(modes.map((name) => (statSync(workshop.file(name)).mode & 0o777).toString(8))).toEqual([
      '700',
      '700',
      '600',
      '600',
      '600',
      '600',
      '600',
    ])
    expect(store.notices).toEqual([])
  })

  test('an empty file is taken for a new one where nobody knows of an older', async () => {
    writeFileSync(database, '')
    expect(await tagsIn(database)).toEqual([])
  })

  test('[OP3] two that are made at the same time have different epochs, and each keeps its own', async () => {
    const one = await openSqliteStore(database)
    const two = await openSqliteStore(workshop.file('two.db'))
    expect(one.epoch).not.toBe(two.epoch)
    expect(one.epoch).toMatch(/^[0-9a-f-]{36}$/)
    await Promise.all([one.close(), two.close()])
    const again = workshop.closing(await openSqliteStore(database))
    expect(again.epoch).toBe(one.epoch)
  })
})
