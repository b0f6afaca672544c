import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import type { OpenDriver, SqliteDriver } from './driver.ts'
import { faultOf } from './fault.ts'
import { createPrivate, openError } from './file-checks.ts'
import { readMark } from './mark.ts'
import type { StorePaths } from './paths.ts'

/** A collected connection would let its lock go, so every held one is reachable from here. */
const held = new Set<SqliteDriver>()

/**
 * One hub per database: an exclusive transaction on a file beside it. The operating system lets it go when the process
 * ends, however it ends, and both runtimes respect each other's.
 */
export function takeLock(open: OpenDriver, paths: StorePaths): () => void {
  createPrivate(paths.lock)
  const driver = openLockFile(open, paths)
  try {
    driver.exec('pragma busy_timeout = 0')
    driver.exec('begin exclusive')
  } catch (error) {
    driver.close()
    if (faultOf(error) === 'busy') throw lockedBy(paths)
    throw openError(paths.lock, error)
  }
  held.add(driver)
  return () => {
    if (!held.delete(driver)) return
    driver.exec('rollback')
    driver.close()
  }
}

function openLockFile(open: OpenDriver, paths: StorePaths): SqliteDriver {
  try {
    return open(paths.lock)
  } catch (error) {
    throw openError(paths.lock, error)
  }
}

function lockedBy(paths: StorePaths): HoldfastError {
  const mark = readMark(paths)
  const who =
    mark === null ? 'another process' : `process ${mark.pid}, since ${new Date(mark.startedAt).toISOString()}`
  return new HoldfastError(
    'database_locked',
    `Another hub is using ${paths.database}: ${who}. Stop it first, or use another file.`,
  )
}
