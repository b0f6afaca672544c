import {
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import type { BackupMade } from '../store.ts'
import { storageError } from './fault.ts'
import { createPrivate, unusable } from './file-checks.ts'
import { storePaths } from './paths.ts'
import { runSideJob } from './side-job.ts'

/**
 * A consistent copy while the hub goes on. It is complete and durable before it gets its name, so a file that has the
 * name is a backup.
 */
export async function backUp(database: string, epoch: string, target: string): Promise<BackupMade> {
  const file = resolve(target)
  const draft = `${file}.part`
  const own = Object.values(storePaths(database)).map(byRealFolder)
  if ([file, draft].some((path) => own.includes(byRealFolder(path))))
    throw unusable(`${file} belongs to the running database; choose another file for the backup.`)
  if (isTaken(file)) throw exists(file)
  removeDraft(draft)
  try {
    // VACUUM INTO fills an empty file, and keeps its mode.
    createPrivate(draft)
    await runSideJob({ job: 'copy', file: database, target: draft })
    syncFile(draft)
    takeName(draft, file)
    syncFile(dirname(file))
  } catch (error) {
    rmSync(draft, { force: true })
    throw storageError(error)
  }
  return { file, bytes: statSync(file).size, epoch }
}

/** A link fails where the name was taken meanwhile; a rename would overwrite. Not every file system has links. */
function takeName(draft: string, file: string): void {
  try {
    linkSync(draft, file)
  } catch {
    if (isTaken(file)) throw exists(file)
    renameSync(draft, file)
    return
  }
  rmSync(draft)
}

/** Also by a link to nowhere: what is written to it would land where nobody looks. */
function isTaken(file: string): boolean {
  try {
    return lstatSync(file, { throwIfNoEntry: false }) !== undefined
  } catch {
    // What is in the way of a look is in the way of the draft as well, and is told of there.
    return false
  }
}

function exists(file: string): HoldfastError {
  return new HoldfastError('file_exists', `${file} is there already; a backup never overwrites a file.`)
}

/** The same file has one name here, by whichever links its folder was reached. */
function byRealFolder(path: string): string {
  try {
    return join(realpathSync(dirname(path)), basename(path))
  } catch (error) {
    throw unusable(`The folder of ${path} can not be reached.`, error)
  }
}

function removeDraft(draft: string): void {
  try {
    rmSync(draft, { force: true })
  } catch (error) {
    throw unusable(`${draft} is in the way, where the backup would be put together.`, error)
  }
}

export function syncFile(path: string): void {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
