import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startHelper, rejectionOf, Workshop } from './contract/workshop.ts'
import { openSqliteStore } from './sqlite-store.ts'

let workshop: Workshop

beforeEach(() => {
  workshop = new Workshop()
})

afterEach(() => workshop.remove())

async function refusalOf(path: string): Promise<string> {
  try {
    await openSqliteStore(path)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return 'it was opened'
}

/** A process that has the store open, and closes it when its folder gets a file named `close`. */
const HOLDER = `
  const { existsSync } = await import('node:fs')
  const store = await openSqliteStore(path)
  console.log('open')
  while (!existsSync(path + '.please-close')) await new Promise((done) => setTimeout(done, 10))
  await store.close()
  console.log('closed')
`

const ATTEMPT = `
  try {
    const store = await openSqliteStore(path)
    await store.close()
    console.log('opened')
  } catch (error) {
    console.log(error.code + ': ' + error.message)
  }
`

/** Asks for a collection in earnest, whichever runtime this is. */
function collectGarbage(): void {
  const bun = (globalThis as { Bun?: { gc(force: boolean): void } }).Bun
  if (bun !== undefined) return bun.gc(true)
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect !== 'function') throw new Error('there is no way to ask for a collection')
  collect()
}

describe('one hub per database file', () => {
  test('[OP3] a second store in the same process is refused, naming the process', async () => {
    const store = workshop.closing(await openSqliteStore(workshop.database))
    expect(await rejectionOf(openSqliteStore(workshop.database))).toBe('database_locked')
    expect(await refusalOf(workshop.database)).toContain(`process ${process.pid}`)
    expect(await store.namespaces()).toEqual([])
  })

  test('[OP3] the same file by another name is the same file', async () => {
    workshop.closing(await openSqliteStore(workshop.database))
    symlinkSync(workshop.database, workshop.file('other.db'))
    expect(await rejectionOf(openSqliteStore(workshop.file('other.db')))).toBe('database_locked')
    symlinkSync(workshop.folder, workshop.file('folder'))
    expect(await rejectionOf(openSqliteStore(workshop.file('folder/holdfast.db')))).toBe('database_locked')
  })

  test('[OP3] another process is refused, naming this one', async () => {
    workshop.closing(await openSqliteStore(workshop.database))
    const line = await startHelper(workshop, workshop.database, ATTEMPT).line()
    expect(line).toContain('database_locked')
    expect(line).toContain(`process ${process.pid}`)
  })

  test('[OP3] a process that was refused has taken nothing from the one that holds it', async () => {
    const store = workshop.closing(await openSqliteStore(workshop.database))
    for (let n = 0; n < 3; n += 1)
      expect(await rejectionOf(openSqliteStore(workshop.database))).toBe('database_locked')
    const line = await startHelper(workshop, workshop.database, ATTEMPT).line()
    expect(line).toContain('database_locked')
    expect(await store.listSessions({ namespace: 'default', limit: 1 })).toEqual({
      items: [],
      nextCursor: null,
    })
  })
})

describe('the lock is let go', () => {
  test('[OP3] when the store is closed', async () => {
    const first = await openSqliteStore(workshop.database)
    await first.close()
    await first.close()
    const second = workshop.closing(await openSqliteStore(workshop.database))
    expect(second.epoch).toBe(first.epoch)
  })

  test('[OP3] when the other process closes its store', async () => {
    const helper = startHelper(workshop, workshop.database, HOLDER)
    expect(await helper.line()).toBe('open')
    expect(await refusalOf(workshop.database)).toContain(`process ${helper.pid}`)
    writeFileSync(`${workshop.database}.please-close`, '')
    expect(await helper.line()).toBe('closed')
    workshop.closing(await openSqliteStore(workshop.database))
  })

  test('[OP3] when the process that holds it is killed', async () => {
    const helper = startHelper(workshop, workshop.database, HOLDER)
    expect(await helper.line()).toBe('open')
    expect(await rejectionOf(openSqliteStore(workshop.database))).toBe('database_locked')
    await helper.kill()
    const store = workshop.closing(await openSqliteStore(workshop.database))
    expect(await store.namespaces()).toEqual([])
    const mark: unknown = JSON.parse(readFileSync(`${workshop.database}.mark`, 'utf8'))
    expect(mark).toMatchObject({ pid: process.pid, epoch: store.epoch })
  })

  test('[OP3] when a start fails after it was taken', async () => {
    writeFileSync(workshop.database, 'not a database '.repeat(500))
    expect(await rejectionOf(openSqliteStore(workshop.database))).toBe('database_foreign')
    expect(await rejectionOf(openSqliteStore(workshop.database))).toBe('database_foreign')
    expect(existsSync(`${workshop.database}.lock-journal`)).toBe(false)
  })

  test('[OP3] but not when garbage is collected', async () => {
    const store = workshop.closing(await openSqliteStore(workshop.database))
    for (let round = 0; round < 5; round += 1) {
      const waste = Array.from({ length: 20_000 }, (_, n) => ({ n, text: `waste ${n}` }))
      expect(waste).toHaveLength(20_000)
      collectGarbage()
      await new Promise((done) => setTimeout(done, 20))
    }
    expect(await startHelper(workshop, workshop.database, ATTEMPT).line()).toContain('database_locked')
    expect(store.notices).toEqual([])
  })
})
