import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import { rootTokenProblem } from './root-token-problem.ts'

const PREFIX = 'holdfast_'
const SECRET_BYTES = 32
const MOST_BYTES = 4096
const DELETE_IT = 'Delete it to have a new token made.'

/** Nothing that waits for another program is waited for, such as a pipe. */
const READ_AT_ONCE = constants.O_RDONLY | constants.O_NONBLOCK

export interface RootToken {
  readonly token: string
  /** Where it lies; null where it was given. */
  readonly file: string | null
  /** It was made just now. */
  readonly created: boolean
}

/** The token that was given; otherwise the one in `<home>/token`, which is made where it is missing. */
export function rootToken(home: string, given: string | null): RootToken {
  if (given !== null) return { token: given, file: null, created: false }
  const file = join(home, 'token')
  const found = readToken(file)
  if (found !== null) return { token: found, file, created: false }
  const created = attempt(`${file} can not be made`, () => makeToken(home, file))
  const made = readToken(file)
  if (made === null) throw invalid(`${file} is a link to a file that is not there. Remove the link.`)
  return { token: made, file, created }
}

/** Null where there is no such file. */
function readToken(file: string): string | null {
  const handle = attempt(`${file} can not be read`, () => openIfThere(file))
  if (handle === null) return null
  try {
    checkFile(file, handle)
    return tokenIn(
      file,
      attempt(`${file} can not be read`, () => readFileSync(handle, 'utf8')),
    )
  } finally {
    closeSync(handle)
  }
}

function openIfThere(file: string): number | null {
  try {
    return openSync(file, READ_AT_ONCE)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

function checkFile(file: string, handle: number): void {
  const stat = fstatSync(handle)
  if (!stat.isFile()) throw invalid(`${file} must be a file with the hub's token in it, and it is no file.`)
  const mode = stat.mode & 0o777
  if ((mode & 0o077) !== 0) {
    const shown = mode.toString(8).padStart(4, '0')
    throw invalid(
      `${file} holds the hub's token and can be read or changed by others (mode ${shown}). Type: chmod 600 '${file}', or delete it to have a new token made.`,
    )
  }
  if (stat.size > MOST_BYTES)
    throw invalid(`${file} is too large for a token (${stat.size} bytes). ${DELETE_IT}`)
}

function tokenIn(file: string, text: string): string {
  const token = text.replace(/\r?\n$/, '')
  if (token === '') throw invalid(`${file} is empty. ${DELETE_IT}`)
  if (/[\r\n]/.test(token)) throw invalid(`${file} must hold the token alone, on one line. ${DELETE_IT}`)
  const problem = rootTokenProblem(token)
  if (problem !== null) throw invalid(`The token in ${file} ${problem}`)
  return token
}

/**
 * The file appears under its name whole and on the disk, or not at all; of several processes that start at once, one
 * makes it and the others find it. True for the one.
 */
function makeToken(home: string, file: string): boolean {
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const draft = `${file}.${randomBytes(8).toString('hex')}`
  writeDraft(draft, `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64url')}\n`)
  try {
    linkSync(draft, file)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  } finally {
    unlinkSync(draft)
    syncFolder(home)
  }
}

function writeDraft(draft: string, text: string): void {
  const handle = openSync(draft, 'wx', 0o600)
  try {
    writeFileSync(handle, text)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function attempt<Value>(problem: string, action: () => Value): Value {
  try {
    return action()
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new HoldfastError('settings_invalid', `${problem}: ${why}`, { cause })
  }
}

function invalid(message: string): HoldfastError {
  return new HoldfastError('settings_invalid', message)
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
