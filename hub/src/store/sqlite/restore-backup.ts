import { randomUUID } from 'node:crypto'
import { copyFileSync, existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import { syncFile } from './backup.ts'
import { readMeta } from './core.ts'
import { loadDriver, type OpenDriver, type SqliteDriver } from './driver.ts'
import { createPrivate, damaged, openError, resolveDatabase, tightenModes, unusable } from './file-checks.ts'
import { keepRevoked, type RevokedDevice } from './keep-revoked.ts'
import { takeLock } from './lock.ts'
import { markOf, writeMark } from './mark.ts'
import { checkIdentity, checkSchema, migrate, readMigrations, schemaMadeBy } from './migrations.ts'
import { storePaths, type StorePaths } from './paths.ts'
import { StatementCache } from './rows.ts'

/** Every version moves up by this, so that none from before a restore is ever taken for one from after it. */
export const VERSION_STEP = 1_000_000

export interface Restored {
  readonly epoch: string
  readonly sessions: number
  /** Where the database that was there before lies now; null where there was none. */
  readonly replaced: string | null
  /** Devices that were revoked after the backup was made, and stay so; null where which ones those are can not be told. */
  readonly revoked: readonly RevokedDevice[] | null
}

export interface RestoreOptions {
  readonly now: () => number
}

/**
 * Puts a backup in a database's place while no hub runs on it. The copy is checked and complete before it takes the
 * name, and what was there before is set aside, not deleted: nothing is lost on either side.
 */
export async function restoreBackup(
  backup: string,
  database: string,
  options: RestoreOptions,
): Promise<Restored> {
  const open = await loadDriver()
  const source = resolve(backup)
  if (!existsSync(source) || !statSync(source).isFile()) throw unusable(`${source} is not a file.`)
  if (existsSync(`${source}-wal`) && statSync(`${source}-wal`).size > 0) throw hasLog(source)
  const paths = storePaths(resolveDatabase(database))
  if (source === paths.database) throw unusable(`${source} is the database itself, not a backup of it.`)
  const unlock = takeLock(open, paths)
  const draft = `${paths.database}.restoring`
  try {
    rmSync(draft, { force: true })
    createPrivate(draft)
    copyFileSync(source, draft)
    const made = prepareCopy(open, draft, source, options)
    const revoked = keepRevoked(open, { copy: draft, replaced: paths.database })
    syncFile(draft)
    const replaced = setAside(paths, options.now())
    renameSync(draft, paths.database)
    tightenModes([paths.database])
    writeMark(paths, markOf(paths, { epoch: made.epoch, commits: made.commits }))
    syncFile(dirname(paths.database))
    return { epoch: made.epoch, sessions: made.sessions, replaced, revoked }
  } catch (error) {
    throw openError(source, error)
  } finally {
    rmSync(draft, { force: true })
    unlock()
  }
}

interface Made {
  readonly epoch: string
  readonly commits: number
  readonly sessions: number
}

function prepareCopy(open: OpenDriver, draft: string, source: string, { now }: RestoreOptions): Made {
  const driver = open(draft)
  try {
    const migrations = readMigrations()
    if (checkIdentity(driver, source, migrations) === 'empty') throw notABackup(source)
    checkPages(driver, source)
    driver.exec('pragma journal_mode = delete')
    driver.exec('pragma synchronous = full')
    migrate(driver, migrations, now())
    checkSchema(driver, source, schemaMadeBy(open, migrations))
    return newEpoch(driver)
  } finally {
    driver.close()
  }
}

/** Without its log, a live database lacks its newest writes. */
function hasLog(source: string): HoldfastError {
  return unusable(
    `${source} has a write-ahead log beside it, so it is a live database and no backup. Make a backup of it first.`,
  )
}

function notABackup(source: string): HoldfastError {
  return new HoldfastError('database_foreign', `${source} is not a backup of a Holdfast database.`)
}

function checkPages(driver: SqliteDriver, source: string): void {
  const found = driver.prepare('pragma integrity_check(5)').all<Record<string, string>>()
  const problems = found.map((row) => String(Object.values(row)[0])).filter((problem) => problem !== 'ok')
  if (problems.length > 0) throw damaged(source, problems.join('; ').slice(0, 200))
}

/** A write that expects a version from before the restore can not be judged field by field, so the horizon moves too. */
function newEpoch(driver: SqliteDriver): Made {
  const epoch = randomUUID()
  driver.exec('begin immediate')
  driver.exec(
    `update session set metadata_version = metadata_version + ${VERSION_STEP}, horizon = metadata_version + ${VERSION_STEP}`,
  )
  driver.exec(`update agent_state set version = version + ${VERSION_STEP}`)
  driver.exec(
    `update machine set metadata_version = metadata_version + ${VERSION_STEP}, runner_state_version = runner_state_version + ${VERSION_STEP}`,
  )
  driver.prepare(`update meta set value = ? where key = 'epoch'`).run(epoch)
  driver.exec('commit')
  const sql = new StatementCache(driver)
  const sessions = sql.get('select count(*) as n from session').get<{ n: number }>()?.n ?? 0
  return { epoch, commits: Number(readMeta(sql, 'commits')), sessions }
}

/** The database that was there, with its log, under names that say what they are. */
function setAside(paths: StorePaths, now: number): string | null {
  if (!existsSync(paths.database)) return null
  const stamp = new Date(now).toISOString().replaceAll(/[:.]/g, '-')
  const aside = `${paths.database}.replaced-${stamp}`
  for (const [from, to] of [
    [paths.wal, `${aside}-wal`],
    [paths.database, aside],
  ] as const) {
    if (existsSync(from)) renameSync(from, to)
  }
  // An empty log is what a look leaves behind.
  if (existsSync(`${aside}-wal`) && statSync(`${aside}-wal`).size === 0) rmSync(`${aside}-wal`)
  rmSync(paths.shm, { force: true })
  return aside
}
