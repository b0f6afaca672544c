import { execFile, execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { examplesOf, likeInDocument } from './document-examples.ts'
import { runHub, type RunningHub } from './running-hub.ts'

const DOCUMENT = readFileSync(new URL('../../../docs/DISPATCHERS.md', import.meta.url), 'utf8')
const PROGRAM = /^```bash\n([^]*?)^```$/m.exec(DOCUMENT)?.[1] ?? ''
const run = promisify(execFile)

/** An agent that answers with its arguments, and fails where it is told to. */
const CLAUDE = `#!/usr/bin/env bash
[ "$2" != fail ] || exit 3
jq -n '{session_id: "the-token-of-the-agent", result: ($ARGS.positional | join(" "))}' --args -- "$@"
`

const missing = ['curl', 'jq'].filter((program) => !saysYes(`command -v ${program}`))
const isSkipped = missing.length > 0 && !saysYes('[ "${CI:-}" = true ]')
if (isSkipped) process.stderr.write(`docs/DISPATCHERS.md is NOT TESTED: ${missing.join(', ')} is missing.\n`)

function saysYes(question: string): boolean {
  try {
    execFileSync('bash', ['-c', question], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

let folder = ''

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-dispatcher-')))
  writeFileSync(join(folder, 'dispatch.sh'), PROGRAM)
  writeFileSync(join(folder, 'claude'), CLAUDE)
  chmodSync(join(folder, 'claude'), 0o755)
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What it prints, where the agent is the first `claude` that is found. */
async function bash({ url, token }: RunningHub, ...args: readonly string[]): Promise<string> {
  const given = [`HOLDFAST_URL=${url}`, `HOLDFAST_TOKEN=${token}`]
  const program = ['bash', '-c', `PATH="${folder}:$PATH" exec bash "$@"`, 'bash', ...args]
  return (await run('env', [...given, ...program], { cwd: folder })).stdout
}

describe.skipIf(isSkipped)('docs/DISPATCHERS.md', () => {
  test('[RU4] [RU5] [RU7] every example, run in order, prints what stands under it', async () => {
    await using hub = await runHub()
    const examples = examplesOf(DOCUMENT)
    expect(examples.length).toBeGreaterThanOrEqual(8)
    for (const { program, prints, line } of examples) {
      const value: unknown = JSON.parse(await bash(hub, '-euc', program))
      expect({ line, value: likeInDocument(value, prints) }).toEqual({ line, value: prints })
    }
  })

  test('[RU4] [RV4] its program goes on with a conversation that went well, and with no other', async () => {
    await using hub = await runHub()
    const dispatch = (prompt: string): Promise<string> => bash(hub, 'dispatch.sh', 'issue-1', prompt)
    expect(await dispatch('begin')).toBe('-p begin --output-format json\n')
    expect(await dispatch('go on')).toBe('-p go on --output-format json --resume the-token-of-the-agent\n')
    await expect(dispatch('fail')).rejects.toMatchObject({ code: 1 })
    expect(await dispatch('after that')).toBe('-p after that --output-format json\n')
  })

  test('[RU4] [RU7] two of its programs at once: the second one is told why not, and starts nothing', async () => {
    await using hub = await runHub()
    const claim = { key: 'issue-1', flavor: 'claude', machineId: 'build-7' }
    await fetch(`${hub.url}/cli/claims`, {
      method: 'POST',
      body: JSON.stringify(claim),
      headers: { Authorization: `Bearer ${hub.token}`, 'Content-Type': 'application/json' },
    })
    const second = await bash(hub, 'dispatch.sh', 'issue-1', 'begin').catch((error: unknown) => error)
    expect(second).toMatchObject({
      code: 22,
      stdout: expect.not.stringContaining('-p begin') as unknown,
      stderr: expect.stringContaining('A run of this conversation is in progress.') as unknown,
    })
  })
})
