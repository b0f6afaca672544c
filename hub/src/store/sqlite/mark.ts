import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import type { StorePaths } from './paths.ts'

const markSchema = z.strictObject({
  pid: z.int().positive(),
  startedAt: z.int(),
  epoch: z.string(),
  commits: z.int().min(0),
  /** Which files the database and its log were; a log is only true of the file that it was written for. */
  files: z.strictObject({ database: z.string().nullable(), wal: z.string().nullable() }),
})

/**
 * Written beside the database after commits were durable, so it never says more than the file held. A database that
 * holds less than its mark has lost something that was acknowledged: its log was removed, or an old copy was put there.
 */
export type Mark = z.infer<typeof markSchema>

/** Null where there is none, or none that can be read: a mark only ever adds a warning. */
export function readMark(paths: StorePaths): Mark | null {
  let text: string
  try {
    text = readFileSync(paths.mark, 'utf8')
  } catch {
    return null
  }
  try {
    return markSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

export function writeMark(paths: StorePaths, mark: Mark): void {
  const draft = `${paths.mark}.new`
  writeFileSync(draft, `${JSON.stringify(mark)}\n`, { mode: 0o600 })
  renameSync(draft, paths.mark)
}

/** What this process would say of a database that holds so much. */
export function markOf(paths: StorePaths, found: { epoch: string; commits: number }): Mark {
  const files = { database: identityOf(paths.database), wal: identityOf(paths.wal) }
  return { pid: process.pid, startedAt: Math.round(performance.timeOrigin), ...found, files }
}

/** Null for a file that is not there, or no longer to be reached. */
export function inodeOf(file: string): number | null {
  try {
    return statSync(file).ino
  } catch {
    return null
  }
}

/** The inode alone is given to another file soon after its own is gone; with the time of birth it is not. */
function identityOf(file: string): string | null {
  try {
    const { ino, birthtimeMs } = statSync(file)
    return `${ino} ${birthtimeMs}`
  } catch {
    return null
  }
}

/**
 * A database that was put in the place of another one under a running hub finds that one's log beside it, and SQLite
 * would apply it. Where both were copied here together, neither is the file that the mark knows.
 */
export function checkLogOwner(paths: StorePaths, mark: Mark | null): void {
  const wal = identityOf(paths.wal)
  if (mark === null || wal === null || wal !== mark.files.wal) return
  const database = identityOf(paths.database)
  if (database === null || database === mark.files.database) return
  const message = `${paths.wal} is the log of another file than ${paths.database} is now, and would change it. Put the file that it belongs to back; move the log aside only if what is in it is not needed.`
  throw new HoldfastError('database_replaced', message)
}

export function checkMark(
  paths: StorePaths,
  mark: Mark | null,
  found: { epoch: string; commits: number },
): void {
  if (mark === null) return
  const way = `Put the right file back, or restore a backup. To go on with this one as it is, remove ${paths.mark}.`
  if (mark.epoch !== found.epoch) {
    const message = `${paths.database} is not the database that was used here before. ${way}`
    throw new HoldfastError('database_replaced', message)
  }
  if (found.commits < mark.commits) {
    const message = `${paths.database} holds ${found.commits} commits, but ${mark.commits} were acknowledged: its log was removed, or an old copy was put in its place. ${way}`
    throw new HoldfastError('database_rolled_back', message)
  }
}
