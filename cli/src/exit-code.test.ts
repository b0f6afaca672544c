import { readFileSync } from 'node:fs'
import { ERRORS, type ErrorCode } from '@holdfast/shared/errors/codes'
import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import { expect, test } from 'vitest'
import { EXIT, exitCode } from './exit-code.ts'

const DOCUMENT = readFileSync(new URL('../../docs/OPERATIONS.md', import.meta.url), 'utf8')

test.each<[ErrorCode, number]>([
  ['usage', 2],
  ['invalid_request', 2],
  ['device_not_found', 2],
  ['settings_invalid', 3],
  ['database_locked', 3],
  ['hub_unreachable', 4],
  ['shutting_down', 4],
  ['unauthorized', 5],
  ['access_denied', 5],
  ['rate_limited', 5],
  ['file_exists', 6],
  ['version_mismatch', 6],
  ['resume_unavailable', 7],
  ['internal', 70],
  ['storage_full', 74],
  ['overloaded', 74],
])('[CL12] %s ends with %i', (code, exit) => {
  expect(exitCode(new HoldfastError(code, 'm'))).toBe(exit)
})

test('[CL12] every code has one of the documented exits, and what has no code is a bug', () => {
  const exits = (Object.keys(ERRORS) as ErrorCode[]).map((code) => exitCode(new HoldfastError(code, 'm')))
  expect(exits.filter((exit) => !Object.values<number>(EXIT).includes(exit))).toEqual([])
  expect(exitCode(new Error('m'))).toBe(EXIT.bug)
})

test('[CL12] the table of docs/OPERATIONS.md is that of the program', () => {
  const [, after = ''] = DOCUMENT.split('Of the other commands of `holdfast`:')
  const [table = ''] = after.split('\n## ')
  const rows = [...table.matchAll(/^\| (\d+) \| `(\w+)` \|/gm)].map(([, code, name]) => [name, Number(code)])
  expect(rows).toEqual(Object.entries(EXIT))
})
