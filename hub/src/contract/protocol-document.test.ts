import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { ERRORS } from '@holdfast/shared/errors/codes'
import { describe, expect, test } from 'vitest'
import { examplesOf, likeInDocument, type Example } from './document-examples.ts'
import { runHub, type RunningHub } from './running-hub.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const PROTOCOL = readFileSync(join(ROOT, 'docs/PROTOCOL.md'), 'utf8')
const README = readFileSync(join(ROOT, 'README.md'), 'utf8')
const API = readFileSync(join(ROOT, 'docs/API.md'), 'utf8')
const run = promisify(execFile)

/** A program of a document finds what is installed here, as a reader's would in a folder of theirs. */
async function output({ language, program }: Example, { url, token }: RunningHub): Promise<string> {
  const given = ['env', `HOLDFAST_URL=${url}`, `HOLDFAST_TOKEN=${token}`]
  if (language === 'sh') return outputOf([...given, 'bash', '-euc', program])
  const folder = mkdtempSync(join(ROOT, 'node_modules/.holdfast-example-'))
  try {
    const file = join(folder, 'example.mjs')
    writeFileSync(file, program)
    return await outputOf([...given, process.execPath, file])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function outputOf([command = '', ...args]: readonly string[]): Promise<string> {
  return (await run(command, args, { cwd: ROOT })).stdout
}

describe.each([
  ['docs/PROTOCOL.md', PROTOCOL, 7],
  ['docs/API.md', API, 9],
  ['README.md', README, 3],
])('%s', (_, text, atLeast) => {
  test('[WI1] [WI2] [WI4] [CO1] every example, run in order, prints what stands under it', async () => {
    await using hub = await runHub()
    const examples = examplesOf(text)
    expect(examples.length).toBeGreaterThanOrEqual(atLeast)
    for (const example of examples) {
      const printed = await output(example, hub)
      if (example.prints === undefined) continue
      const value: unknown = JSON.parse(printed)
      expect({ line: example.line, value: likeInDocument(value, example.prints) }).toEqual({
        line: example.line,
        value: example.prints,
      })
    }
  })
})

test('[WI7] the table of codes in the document is the table of the program', () => {
  const rows = [...PROTOCOL.matchAll(/^\| `(\w+)` \| (\d+) \|/gm)].map(([, code, http]) => [
    code,
    Number(http),
  ])
  expect(rows).toEqual(Object.entries(ERRORS).map(([code, { http }]) => [code, http]))
})
