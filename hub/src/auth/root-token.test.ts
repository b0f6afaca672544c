import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import { askAtOnce } from './contract/token-processes.ts'
import { rootToken } from './root-token.ts'

const TOKEN = 'k7Jw2-pQx9_Rt4zLm8'
const FORM = /^holdfast_[A-Za-z0-9_-]{43}$/

let folder: string
let home: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-token-'))
  home = join(folder, 'home')
  file = join(home, 'token')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(text: string, mode = 0o600): void {
  mkdirSync(home, { recursive: true, mode: 0o700 })
  writeFileSync(file, text)
  chmodSync(file, mode)
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777
}

/** The sentence with which the token is refused; it is always a mistake in the settings, never a bug. */
function refusal(): string {
  try {
    rootToken(home, null)
    return 'it was taken'
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'settings_invalid') return error.message
    throw error
  }
}

describe('the first start', () => {
  test('[SE1] makes a token of 256 random bits and keeps it in the home folder', () => {
    const { token, ...where } = rootToken(home, null)
    expect(where).toEqual({ file, created: true })
    expect(token).toMatch(FORM)
    expect(Buffer.from(token.slice('holdfast_'.length), 'base64url')).toHaveLength(32)
    expect(readFileSync(file, 'utf8')).toBe(`${token}\n`)
  })

  test('[SE4] makes a file that only its owner can read, in a folder that only its owner can enter', () => {
    const umask = process.umask(0)
    try {
      rootToken(home, null)
    } finally {
      process.umask(umask)
    }
    expect([modeOf(home), modeOf(file)]).toEqual([0o700, 0o600])
  })

  test('[SE1] leaves nothing else in the home folder', () => {
    rootToken(home, null)
    expect(readdirSync(home)).toEqual(['token'])
  })

  test('[SE1] of many homes makes as many tokens', () => {
    const tokens = Array.from({ length: 20 }, (_, n) => rootToken(join(home, String(n)), null).token)
    expect(new Set(tokens).size).toBe(20)
  })

  test('[SE1] of twenty processes at once makes one token, which all of them have', async () => {
    const tokens = await askAtOnce(20, { folder, home })
    expect(new Set(tokens.map(({ token }) => token)).size).toBe(1)
    expect(tokens.filter(({ created }) => created)).toHaveLength(1)
    expect(readFileSync(file, 'utf8')).toBe(`${tokens[0]?.token}\n`)
    expect(readdirSync(home)).toEqual(['token'])
  })

  test('[SE1] in a home that is a file is refused, and leaves the file', () => {
    writeFileSync(home, 'mine')
    expect(refusal()).toMatch(/token can not be (?:read|made): /)
    expect(readFileSync(home, 'utf8')).toBe('mine')
  })
})

describe('a later start', () => {
  test('[SE1] finds the same token', () => {
    const { token } = rootToken(home, null)
    expect(rootToken(home, null)).toEqual({ token, file, created: false })
    expect(rootToken(home, null)).toEqual({ token, file, created: false })
  })

  test.each([
    ['without a line break', TOKEN],
    ['with one', `${TOKEN}\n`],
    ['with one of another system', `${TOKEN}\r\n`],
  ])('[SE1] takes a token that a person wrote, %s', (_, text) => {
    write(text)
    expect(rootToken(home, null)).toEqual({ token: TOKEN, file, created: false })
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  test('[SE1] follows a link to a token that lies elsewhere', () => {
    mkdirSync(home)
    const elsewhere = join(folder, 'elsewhere')
    writeFileSync(elsewhere, TOKEN, { mode: 0o600 })
    symlinkSync(elsewhere, file)
    expect(rootToken(home, null).token).toBe(TOKEN)
  })

  test.each<[string, string, RegExp]>([
    ['is empty', '', /token is empty\. Delete it/],
    ['holds a line break only', '\n', /token is empty\. Delete it/],
    ['has two lines', `${TOKEN}\n${TOKEN}`, /must hold the token alone, on one line/],
    ['has an empty line behind', `${TOKEN}\n\n`, /must hold the token alone, on one line/],
    ['has an empty line before', `\n${TOKEN}`, /must hold the token alone, on one line/],
    ['is too short', 'short\n', /must have at least 16 characters/],
    ['was cut', 'holdfast_abc', /must have at least 16 characters/],
    ['has a space behind', `${TOKEN} \n`, /must be of visible ASCII/],
    ['begins with a mark of its encoding', `\uFEFF${TOKEN}\n`, /must be of visible ASCII/],
    ['has NUL in it', `${TOKEN}\u0000`, /must be of visible ASCII/],
    ['has a colon in it', `${TOKEN}:team`, /must be of visible ASCII/],
    ['is weak', 'changeme-changeme\n', /too easy to guess/],
    ['is huge', 'x'.repeat(100_000), /is too large for a token \(100000 bytes\)/],
  ])('[SE1] refuses a file that %s, and leaves it', (_, text, why) => {
    write(text)
    expect(refusal()).toMatch(why)
    expect(refusal()).toContain(file)
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  test.each([0o644, 0o640, 0o604, 0o620, 0o602, 0o601, 0o666, 0o777])(
    '[SE4] refuses a file of mode %o, since others may know the token, and says what to type',
    (mode) => {
      write(TOKEN, mode)
      expect(refusal()).toContain(`Type: chmod 600 '${file}'`)
      expect(modeOf(file)).toBe(mode)
      chmodSync(file, 0o600)
      expect(rootToken(home, null).token).toBe(TOKEN)
    },
  )

  test('[SE4] no refusal repeats what is in the file', () => {
    for (const text of [`${TOKEN} `, `${TOKEN}\n${TOKEN}`, `${TOKEN}:x`, 'hunter2']) {
      write(text)
      expect(refusal()).not.toMatch(/k7Jw2|hunter2/)
    }
    write(TOKEN, 0o644)
    expect(refusal()).not.toContain('k7Jw2')
  })

  test('[SE1] refuses a folder of that name', () => {
    mkdirSync(file, { recursive: true, mode: 0o700 })
    expect(refusal()).toMatch(/and it is no file\.$/)
  })

  test('[SE5] refuses a pipe of that name, without waiting for anybody to write into it', () => {
    mkdirSync(home)
    expect(spawnSync('mkfifo', ['-m', '600', file]).status).toBe(0)
    expect(refusal()).toMatch(/and it is no file\.$/)
  })

  test('[SE1] refuses a link to a file that is not there, and does not make one through it', () => {
    mkdirSync(home)
    symlinkSync(join(folder, 'nowhere'), file)
    expect(refusal()).toMatch(/is a link to a file that is not there/)
    expect(existsSync(join(folder, 'nowhere'))).toBe(false)
    expect(readdirSync(home)).toEqual(['token'])
  })

  test('[SE1] takes a file that has a second name', () => {
    write(TOKEN)
    linkSync(file, join(folder, 'second'))
    expect(rootToken(home, null).token).toBe(TOKEN)
  })
})

describe('a token that is given', () => {
  test('[SE1] is used, and no file is made', () => {
    expect(rootToken(home, TOKEN)).toEqual({ token: TOKEN, file: null, created: false })
    expect(existsSync(home)).toBe(false)
  })

  test('[SE1] wins over a file, which is not even looked at', () => {
    write('broken', 0o644)
    expect(rootToken(home, TOKEN).token).toBe(TOKEN)
  })
})
