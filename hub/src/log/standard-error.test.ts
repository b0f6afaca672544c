import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { StandardError } from './standard-error.ts'

test('[SE4] every line is there when the call returns', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-log-'))
  const file = join(folder, 'log')
  const fd = openSync(file, 'w')
  const out = new StandardError(fd)
  out.write('one\n')
  expect(readFileSync(file, 'utf8')).toBe('one\n')
  out.write(`${'ö'.repeat(100_000)}\n`)
  expect(readFileSync(file, 'utf8')).toBe(`one\n${'ö'.repeat(100_000)}\n`)
  closeSync(fd)
  rmSync(folder, { recursive: true })
})

test('[OP5] where it can not be written a line is lost, and nothing is thrown', () => {
  const full = openSync('/dev/full', 'w')
  const out = new StandardError(full)
  expect(() => out.write('on a full disk\n')).not.toThrow()
  closeSync(full)
  expect(() => out.write('to nobody\n')).not.toThrow()
})
