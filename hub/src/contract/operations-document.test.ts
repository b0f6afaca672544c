import { readFileSync } from 'node:fs'
import { ERRORS } from '@holdfast/shared/errors/codes'
import { LIMITS } from '@holdfast/shared/metadata/limits'
import { describe, expect, test } from 'vitest'
import { readConfig } from '../config/read-config.ts'
import { EXIT } from '../exit-code.ts'
import { STATE_BODY } from '../http/body-reader.ts'
import { MAX_FRAME_BYTES } from '../listen/engine-settings.ts'
import { parseExposition } from '../metrics/contract/parse-exposition.ts'
import { WAIT_LIMITS } from '../runs/resume-waits.ts'
import { SOCKET_LIMITS } from '../socket/socket-limits.ts'
import { RETENTION } from '../store/retention.ts'
import { QUEUE_LIMITS } from '../store/sqlite/commit-queue.ts'
import { runHub } from './running-hub.ts'

const DOCUMENT = readFileSync(new URL('../../../docs/OPERATIONS.md', import.meta.url), 'utf8')

/** The cells of the table under a heading, without its head. */
function rowsUnder(heading: string): string[][] {
  const [, after = ''] = DOCUMENT.split(`\n${heading}\n`)
  const table = /(?:^\|.*\|\n)+/m.exec(after)?.[0] ?? ''
  return table
    .trim()
    .split('\n')
    .slice(2)
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim().replaceAll('`', '')),
    )
}

const CONSTANTS = { LIMITS, SOCKET_LIMITS, QUEUE_LIMITS, WAIT_LIMITS, RETENTION, MAX_FRAME_BYTES }

function constant(path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], CONSTANTS)
}

describe('docs/OPERATIONS.md', () => {
  test('[OP1] names every setting that the hub reads, and no other', () => {
    const asked = new Set<string>()
    const source = new Proxy<NodeJS.ProcessEnv>({}, { get: (_, name) => void asked.add(String(name)) })
    readConfig(source)
    expect(
      rowsUnder('## Settings')
        .map(([name]) => name)
        .toSorted(),
    ).toEqual([...asked].toSorted())
  })

  test('[OP2] has the metrics that a hub shows, with their types and meanings', async () => {
    await using hub = await runHub()
    const asked = await fetch(`${hub.url}/metrics`, { headers: { Authorization: `Bearer ${hub.token}` } })
    const { types, helps } = parseExposition(await asked.text())
    expect(rowsUnder('## Metrics')).toEqual([...types].map(([name, type]) => [name, type, helps.get(name)]))
  })

  test('[SE5] its limits are those of the program', () => {
    const rows = rowsUnder('## Limits')
    expect(rows.length).toBeGreaterThan(10)
    expect(rows.map(([, number, name = '']) => [name, Number(number)])).toEqual(
      rows.map(([, , name = '']) => [name, constant(name)]),
    )
    expect(rows.map(([, , name]) => name)).toEqual(
      expect.arrayContaining(Object.keys(LIMITS).map((name) => `LIMITS.${name}`)),
    )
    expect(STATE_BODY.maxBytes).toBe(MAX_FRAME_BYTES)
  })

  test('[OP4] its exit codes are those of the hub', () => {
    const rows = rowsUnder('## Exit codes').slice(1)
    expect(rows.map(([code, name = '']) => [name, Number(code)])).toEqual(Object.entries(EXIT))
  })

  test('[OP3] [OP5] says what to do about every error of the store', () => {
    const codes = Object.keys(ERRORS).filter((code) => /^(?:database|storage|store|runtime)_/.test(code))
    expect(
      rowsUnder('## What the hub says of its database')
        .map(([code]) => code)
        .toSorted(),
    ).toEqual(codes.toSorted())
  })
})
