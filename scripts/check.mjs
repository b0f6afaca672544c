// `npm run check`: everything that must hold before a change goes in, each step to its end, whatever the one before said.
// `--skip-tests` leaves out the tests on the runtime of `npm test`, for those who have just run them.
import './setup.mjs'
import { spawnSync } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { basename, delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const node = process.versions.bun === undefined ? process.execPath : findNode()
const MINUTES = 60_000

/** Bun puts a `node` of its own on the PATH, which is Bun. */
function findNode() {
  const found = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'node'))
    .find((path) => existsSync(path) && !basename(realpathSync(path)).startsWith('bun'))
  if (found === undefined) {
    process.stderr.write('check: some of the steps need Node, and there is none on the PATH.\n')
    process.exit(2)
  }
  return found
}

function stepsFor(skipTests) {
  const tool = (path, ...args) => [node, join(root, path), ...args]
  return [
    ['format', tool('node_modules/oxfmt/bin/oxfmt', '--check')],
    ['lint', tool('node_modules/oxlint/bin/oxlint', '--type-aware')],
    ['types', tool('node_modules/typescript/bin/tsc', '-p', 'tsconfig.tests.json')],
    ['schema dump', tool('scripts/dist/checks/schema-dump.js')],
    ['house rules', tool('scripts/dist/checks/house-rules.js')],
    ['rule coverage', tool('scripts/dist/checks/rule-coverage.js')],
    ...(skipTests ? [] : [['tests on Node', tool('node_modules/vitest/vitest.mjs', 'run')]]),
    ['tests on Bun', [join(root, 'node_modules/.bin/bun'), 'test', '--timeout', '120000']],
  ]
}

/** Says how a step ended, and what it printed if that was not well. */
function run([name, [command, ...args]]) {
  process.stdout.write(`${name} ... `)
  const started = Date.now()
  const done = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    timeout: 30 * MINUTES,
    killSignal: 'SIGKILL',
  })
  const passed = done.status === 0
  process.stdout.write(`${passed ? 'ok' : 'FAILED'} (${((Date.now() - started) / 1000).toFixed(1)} s)\n`)
  if (passed) return true
  if (done.error !== undefined) process.stdout.write(`${command}: ${done.error.message}\n`)
  process.stdout.write(`${done.stdout ?? ''}${done.stderr ?? ''}\n`)
  return false
}

function main(args) {
  const unknown = args.filter((arg) => arg !== '--skip-tests')
  if (unknown.length > 0) {
    process.stderr.write(
      `check: unknown argument ${unknown.join(' ')}. Usage: npm run check [-- --skip-tests]\n`,
    )
    return 2
  }
  const steps = stepsFor(args.includes('--skip-tests'))
  const failed = steps.filter((step) => !run(step)).map(([name]) => name)
  if (failed.length > 0) process.stdout.write(`failed: ${failed.join(', ')}\n`)
  process.stdout.write(`${steps.length - failed.length} passed, ${failed.length} failed\n`)
  return failed.length === 0 ? 0 : 1
}

process.exitCode = main(process.argv.slice(2))
