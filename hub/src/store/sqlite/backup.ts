import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
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
  const own: string[] = Object.values(storePaths(database))
  if (own.includes(file))
    throw unusable(`${file} belongs to the running database; choose another file for the backup.`)
  if (existsSync(file))
    throw new HoldfastError('file_exists', `${file} is there already; a backup never overwrites a file.`)
  const draft = `${file}.part`
  rmSync(draft, { force: true })
  try {
    // VACUUM INTO fills an empty file, and keeps its mode.
    createPrivate(draft)
    await runSideJob({ job: 'copy', file: database, target: draft })
    syncFile(draft)
    renameSync(draft, file)
    syncFile(dirname(file))
  } catch (error) {
    rmSync(draft, { force: true })
    throw storageError(error)
  }
  return { file, bytes: statSync(file).size, epoch }
}

export function syncFile(path: string): void {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
