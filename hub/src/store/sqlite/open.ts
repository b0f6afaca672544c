import { randomUUID } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import { readMeta } from './core.ts'
import { loadDriver, type OpenDriver, type SqliteDriver } from './driver.ts'
import { sqliteCode } from './fault.ts'
import { createPrivate, damaged, openError, resolveDatabase, tightenModes, unusable } from './file-checks.ts'
import { takeLock } from './lock.ts'
import { checkLogOwner, checkMark, markOf, readMark, writeMark, type Mark } from './mark.ts'
import {
  checkIdentity,
  checkSchema,
  migrate,
  readMigrations,
  schemaMadeBy,
  type Migration,
} from './migrations.ts'
import { storePaths, type StorePaths } from './paths.ts'
import { StatementCache } from './rows.ts'

/** Below this, two connections that write and checkpoint at once can damage a file. */
const OLDEST_SQLITE = '3.51.3'

/** A larger file is looked through after the start, beside the work, so that the start stays quick. */
const CHECK_AT_ONCE = 64 * 1024 * 1024

export interface Opened {
  readonly driver: SqliteDriver
  /** Null for a database in memory. */
  readonly paths: StorePaths | null
  /** What the operator should know: modes that were tightened, migrations that were applied. */
  readonly notices: readonly string[]
  /** A file too large to be looked through before the start: it is checked while it serves. */
  readonly unchecked: string | null
  release(): void
}

export interface OpenStoreOptions {
  readonly now: () => number
  /** Pages in the write-ahead log before they are moved to the database; a larger one costs a longer start. */
  readonly checkpointPages?: number
  readonly migrations?: readonly Migration[]
}

export async function openMemory(options: OpenStoreOptions): Promise<Opened> {
  const open = await loadDriver()
  const driver = open(':memory:')
  prepare(driver, options)
  migrate(driver, options.migrations ?? readMigrations(), options.now())
  seedMeta(driver)
  return { driver, paths: null, notices: [], unchecked: null, release: () => driver.close() }
}

/** Opens a database file, or makes it; refuses, and leaves as it is, whatever is not safe to write to. */
export async function openFile(path: string, options: OpenStoreOptions): Promise<Opened> {
  const open = await loadDriver()
  const paths = storePaths(resolveDatabase(path))
  const mark = readMark(paths)
  const unlock = takeLock(open, paths)
  let driver: SqliteDriver | null = null
  try {
    const found = inspect(open, paths, { mark, migrations: options.migrations ?? readMigrations() })
    driver = open(paths.database)
    const notices = [...found.notices, ...setUp(open, driver, paths, options)]
    writeMark(paths, markOf(paths, readCounters(driver)))
    const opened = driver
    const unchecked = found.whole ? null : paths.database
    return { driver, paths, notices, unchecked, release: () => closeAll(opened, unlock) }
  } catch (error) {
    giveUp(driver, unlock)
    throw openError(paths.database, error)
  }
}

function giveUp(driver: SqliteDriver | null, unlock: () => void): void {
  try {
    driver?.close()
  } catch {
    // Why it is given up says more than why it does not close.
  }
  unlock()
}

function closeAll(driver: SqliteDriver, unlock: () => void): void {
  try {
    driver.close()
  } finally {
    unlock()
  }
}

interface Found {
  readonly notices: readonly string[]
  /** Every page was looked at, or there is none yet. */
  readonly whole: boolean
}

/** Looks, without writing, at what is there. */
function inspect(
  open: OpenDriver,
  paths: StorePaths,
  known: { mark: Mark | null; migrations: readonly Migration[] },
): Found {
  const { database } = paths
  const bytes = sizeOf(database)
  checkLogOwner(paths, known.mark)
  // SQLite would delete the log of a file that is missing or empty.
  if (bytes === 0 && sizeOf(paths.wal) > 0)
    throw damaged(database, 'the file is gone or empty, but its log is there')
  if (!existsSync(database)) {
    if (known.mark !== null) throw missing(paths)
    createPrivate(database)
    return { notices: [], whole: true }
  }
  if (bytes === 0 && known.mark !== null && known.mark.commits > 0) {
    throw damaged(database, 'the file is empty, but it held data before')
  }
  const files = [database, paths.wal, paths.shm, paths.lock, paths.mark]
  const notices = tightenModes(files).map((file) => `${file} could be read by others; its mode is 0600 now`)
  const driver = openToLook(open, database)
  try {
    const state = checkIdentity(driver, database, known.migrations)
    // Before the first write: each start counts as a commit, and would bring an old copy nearer to its mark.
    if (known.mark !== null) checkMark(paths, known.mark, foundIn(driver, state, known.mark))
    return { notices, whole: checkWhole(driver, database) }
  } finally {
    driver.close()
  }
}

/** A write that was cut off is undone by whoever opens the file next, which one that only reads can not do. */
function openToLook(open: OpenDriver, file: string): SqliteDriver {
  const driver = open(file, { readonly: true })
  try {
    driver.prepare('select count(*) as n from sqlite_schema').get()
    return driver
  } catch (error) {
    driver.close()
    if (sqliteCode(error) !== 'SQLITE_READONLY_ROLLBACK') throw error
    return open(file)
  }
}

function sizeOf(file: string): number {
  return existsSync(file) ? statSync(file).size : 0
}

/** What there is to hold against the mark; a file that has lost even its tables holds no commit of the marked ones. */
function foundIn(
  driver: SqliteDriver,
  state: 'empty' | 'ours',
  mark: Mark,
): { epoch: string; commits: number } {
  if (state === 'empty') return { epoch: mark.epoch, commits: 0 }
  const meta = driver.prepare(`select name from sqlite_schema where name = 'meta'`).get<{ name: string }>()
  // Where the table is missing, the check of the schema says so.
  return meta === undefined ? mark : readCounters(driver)
}

function missing(paths: StorePaths): HoldfastError {
  return new HoldfastError(
    'database_missing',
    `${paths.database} is gone, but a hub used it before. Put it back, or restore a backup. To start with an empty one, remove ${paths.mark}.`,
  )
}

function setUp(
  open: OpenDriver,
  driver: SqliteDriver,
  paths: StorePaths,
  options: OpenStoreOptions,
): string[] {
  prepare(driver, options)
  const mode = driver.prepare('pragma journal_mode = wal').get<{ journal_mode: string }>()?.journal_mode
  if (mode !== 'wal') throw unusable(`The disk of ${paths.database} does not allow a write-ahead log.`)
  driver.exec('pragma synchronous = full')
  const migrations = options.migrations ?? readMigrations()
  const applied = migrate(driver, migrations, options.now())
  checkSchema(driver, paths.database, schemaMadeBy(open, migrations))
  checkCounters(driver, paths.database)
  seedMeta(driver)
  // The pragma reads back as it was set until something is written; only after a write does it say what holds.
  const synchronous = driver.prepare('pragma synchronous').get<{ synchronous: number }>()?.synchronous
  if (synchronous !== 2)
    throw unusable(
      `Writes to ${paths.database} would not be durable (synchronous is ${synchronous}, not FULL).`,
    )
  // To a file that is new it says nothing.
  const isUpgrade = applied.length > 0 && applied.length < migrations.length
  return isUpgrade ? [`schema brought to ${applied.at(-1)}`] : []
}

/** Looks through every page of a file that is small enough for it; false for one that is not. */
function checkWhole(driver: SqliteDriver, file: string): boolean {
  if (statSync(file).size > CHECK_AT_ONCE) return false
  const problems = driver
    .prepare('pragma integrity_check(5)')
    .all<Record<string, string>>()
    .map((row) => String(Object.values(row)[0]))
  if (problems.join() !== 'ok') throw damaged(file, problems.join('; ').slice(0, 200))
  return true
}

function prepare(driver: SqliteDriver, options: OpenStoreOptions): void {
  const version =
    driver.prepare('select sqlite_version() as version').get<{ version: string }>()?.version ?? '0'
  if (version.localeCompare(OLDEST_SQLITE, 'en', { numeric: true }) < 0) {
    throw new HoldfastError(
      'runtime_unsupported',
      `SQLite ${version} can damage a database; ${OLDEST_SQLITE} or newer is needed.`,
    )
  }
  // The page cache is small: a commit that put free pages to use looks through all of it, and the system caches the file too.
  driver.exec(`
    pragma busy_timeout = 200;
    pragma foreign_keys = on;
    pragma trusted_schema = off;
    pragma cell_size_check = on;
    pragma temp_store = memory;
    pragma cache_size = -16384;
    pragma fullfsync = on;
    pragma checkpoint_fullfsync = on;
    pragma journal_size_limit = 67108864;
    pragma wal_autocheckpoint = ${options.checkpointPages ?? 4000};
  `)
}

/** Also the write after which the settings are read back. */
function seedMeta(driver: SqliteDriver): void {
  driver.exec('begin immediate')
  driver
    .prepare(`insert into meta (key, value) values ('epoch', ?) on conflict (key) do nothing`)
    .run(randomUUID())
  driver.exec(`insert into meta (key, value) values ('commits', '0') on conflict (key) do nothing`)
  driver.exec(`update meta set value = cast(value as integer) + 1 where key = 'commits'`)
  driver.exec('commit')
}

function readCounters(driver: SqliteDriver): { epoch: string; commits: number } {
  const sql = new StatementCache(driver)
  return { epoch: readMeta(sql, 'epoch'), commits: Number(readMeta(sql, 'commits')) }
}

/** The feed of every namespace must be whole: from its floor to its head without a gap. */
function checkCounters(driver: SqliteDriver, file: string): void {
  const broken = driver
    .prepare(
      `select n.name from namespace n
       where n.head - n.floor <> (select count(*) from journal j where j.namespace = n.key)
         or n.head <> coalesce((select max(j.seq) from journal j where j.namespace = n.key), n.floor)`,
    )
    .all<{ name: string }>()
  if (broken.length > 0)
    throw damaged(file, `the journal of ${broken.map((row) => row.name).join(', ')} has a gap`)
}
