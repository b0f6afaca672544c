import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

export interface TestCase {
  /** From the root of the copy. */
  readonly file: string
  /** The names of the groups around it, and its title. */
  readonly name: string
  readonly status: string
}

export interface TestRun {
  readonly tests: readonly TestCase[]
  readonly exitCode: number | null
  /** It had not ended in time and was killed. */
  readonly hung: boolean
  readonly output: string
}

export interface TestChoice {
  readonly files: readonly string[]
  readonly titles: readonly string[]
  readonly timeoutMs: number
  /** The first failure says all there is to know. */
  readonly untilFailure: boolean
}

interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

/** Runs the tests whose names contain one of the titles, in a folder with its own node_modules. */
export async function runTests(folder: string, choice: TestChoice): Promise<TestRun> {
  const report = join(folder, 'node_modules', '.mutants-report.json')
  rmSync(report, { force: true })
  const pattern = choice.titles.map((title) => title.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|')
  const args = [
    join(folder, 'node_modules/vitest/vitest.mjs'),
    'run',
    ...choice.files,
    '-t',
    pattern,
    `--bail=${choice.untilFailure ? 1 : 0}`,
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${report}`,
  ]
  const ended = await runToEnd(args, folder, choice.timeoutMs)
  const results = existsSync(report) ? (JSON.parse(readFileSync(report, 'utf8')) as Report).testResults : []
  const tests = results.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ fullName, status }) => ({
      file: name.slice(folder.length + 1),
      name: fullName,
      status,
    })),
  )
  return { ...ended, tests }
}

/** In a process group of its own, so that a test that never ends goes down with everything it started. */
async function runToEnd(args: string[], cwd: string, timeoutMs: number): Promise<Omit<TestRun, 'tests'>> {
  const child = spawn(process.execPath, args, {
    cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, CI: 'true', NO_COLOR: '1' },
  })
  const kill = () => {
    if (child.pid === undefined) return
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output = (output + chunk).slice(-64 * 1024)
    })
  }
  process.prependOnceListener('exit', kill)
  let hung = false
  const timer = setTimeout(() => {
    hung = true
    kill()
  }, timeoutMs)
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject).once('close', resolve)
    })
    return { exitCode, hung, output }
  } finally {
    clearTimeout(timer)
    process.removeListener('exit', kill)
  }
}
