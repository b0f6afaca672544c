import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  realpathSync,
  statfsSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import { sqliteCode } from './fault.ts'

/** File systems on which SQLite's locks and shared memory can not be trusted, by their magic number. */
const NETWORK_FILE_SYSTEMS = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x01021997, '9P'],
])

export function unusable(message: string, cause?: unknown): HoldfastError {
  return new HoldfastError('database_unusable', message, { cause })
}

/** Makes the folder where it is missing, follows links to the real file, and refuses what SQLite can not live on. */
export function resolveDatabase(path: string): string {
  const folder = dirname(path)
  attempt(`The folder ${folder} can not be made.`, () => mkdirSync(folder, { recursive: true, mode: 0o700 }))
  if (!statSync(folder).isDirectory()) throw unusable(`${folder} is not a folder.`)
  if (isLinkToNowhere(path)) throw unusable(`${path} is a link to a file that is not there.`)
  const file = existsSync(path) ? realpathSync(path) : path
  checkFolder(dirname(file))
  if (existsSync(file)) checkFile(file)
  return file
}

function isLinkToNowhere(path: string): boolean {
  if (existsSync(path)) return false
  try {
    return lstatSync(path).isSymbolicLink()
  } catch {
    // A name that can not be looked up is no link; opening it will say what is wrong with it.
    return false
  }
}

function attempt(problem: string, action: () => void): void {
  try {
    action()
  } catch (cause) {
    throw unusable(`${problem} ${cause instanceof Error ? cause.message : ''}`.trim(), cause)
  }
}

function checkFolder(folder: string): void {
  attempt(`The folder ${folder} must be writable: the database keeps its log beside it.`, () =>
    accessSync(folder, constants.W_OK | constants.X_OK),
  )
  const network = NETWORK_FILE_SYSTEMS.get(Number(BigInt.asUintN(32, BigInt(statfsSync(folder).type))))
  if (network !== undefined) {
    throw unusable(
      `${folder} is on a network file system (${network}), where the database could be damaged. Use a local disk.`,
    )
  }
}

function checkFile(file: string): void {
  const stat = statSync(file)
  if (!stat.isFile()) throw unusable(`${file} is not a file.`)
  if (stat.nlink > 1) {
    throw unusable(
      `${file} has ${stat.nlink} hard links; written under two names it would be damaged. Remove the other name.`,
    )
  }
  attempt(`${file} must be writable.`, () => accessSync(file, constants.R_OK | constants.W_OK))
}

/** Only the owner may read what holds resume tokens. Returns what had to be tightened. */
export function tightenModes(files: readonly string[]): string[] {
  return files.filter((file) => {
    if (!existsSync(file) || (statSync(file).mode & 0o077) === 0) return false
    chmodSync(file, 0o600)
    return true
  })
}

/** Made before SQLite opens it, since SQLite gives the files beside it the mode of this one. */
export function createPrivate(file: string): void {
  if (existsSync(file)) return
  try {
    closeSync(openSync(file, 'wx', 0o600))
  } catch (error) {
    // Another process that starts at the same moment has made it.
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return
    throw unusable(
      `${file} can not be made: ${error instanceof Error ? error.message : String(error)}`,
      error,
    )
  }
}

/** The error for a file that SQLite does not take, or took and found broken. */
export function openError(file: string, error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error
  const code = sqliteCode(error) ?? ''
  if (code.startsWith('SQLITE_NOTADB')) {
    return new HoldfastError('database_foreign', `${file} is not a database. It was left as it is.`, {
      cause: error,
    })
  }
  if (code.startsWith('SQLITE_CORRUPT')) return damaged(file, code, error)
  if (code.startsWith('SQLITE_FULL')) {
    return new HoldfastError(
      'storage_full',
      `The disk that holds ${file} is full. Free some space and start again.`,
      { cause: error },
    )
  }
  return unusable(`${file} can not be opened (${code === '' ? String(error) : code}).`, error)
}

export function damaged(file: string, what: string, cause?: unknown): HoldfastError {
  const message = `${file} is damaged (${what}). It was left as it is; restore it from a backup.`
  return new HoldfastError('database_damaged', message, { cause })
}
