import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import type { OpenDriver, SqliteDriver } from './driver.ts'
import { faultOf } from './fault.ts'
import { createPrivate, openError } from './file-checks.ts'
import { readMark, type Mark } from './mark.ts'
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
    // Two that ask at the same moment stand in each other's way, and with no patience neither would get it.
    driver.exec('pragma busy_timeout = 100')
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

/** A hub says who it is a moment after it took the lock; until then the mark is that of one that has ended. */
const NAMED_WITHIN_MS = 1000
const LOOK_AGAIN_MS = 20

function lockedBy(paths: StorePaths): HoldfastError {
  const holder = holderOf(paths)
  const who =
    holder === null
      ? 'another process'
      : `process ${holder.pid}, since ${new Date(holder.startedAt).toISOString()}`
  return new HoldfastError(
    'database_locked',
    `Another hub is using ${paths.database}: ${who}. Stop it first, or use another file.`,
  )
}

function holderOf(paths: StorePaths): Mark | null {
  const clock = new Int32Array(new SharedArrayBuffer(4))
  for (let waited = 0; waited <= NAMED_WITHIN_MS; waited += LOOK_AGAIN_MS) {
    const mark = readMark(paths)
    if (mark !== null && isRunning(mark.pid)) return mark
    Atomics.wait(clock, 0, 0, LOOK_AGAIN_MS)
  }
  return null
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // Somebody else's process may not be signalled, but it is there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
