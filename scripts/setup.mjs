// Makes a fresh clone ready: dependencies installed, packages built. Uses nothing but the runtime's own modules,
// because it runs before anything is installed. Does nothing when there is nothing to do.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const onBun = process.versions.bun !== undefined
const packages = ['shared', 'hub', 'cli', 'scripts']

function stop(message) {
  process.stderr.write(`setup: ${message}\n`)
  process.exit(1)
}

function checkRuntime() {
  if (onBun) return
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    stop(
      `Node ${process.versions.node} is too old. Install Node 20.19 or newer, then run this command again.`,
    )
  }
}

/** Runs one program to its end, its output passed through; stops with its name when it fails. */
function run(what, command, args, env = {}) {
  process.stderr.write(`setup: ${what}\n`)
  const started = Date.now()
  const done = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, ...env },
  })
  if (done.error) stop(`${command} could not be started (${done.error.message}). Is it on the PATH?`)
  if (done.status !== 0) stop(`${what} failed (${command} ${args.join(' ')}); what it printed stands above.`)
  process.stderr.write(`setup: ${what}: done in ${((Date.now() - started) / 1000).toFixed(1)} s\n`)
}

function fingerprint(files) {
  const hash = createHash('sha256')
  for (const file of files) hash.update(file).update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

/** True when the mark beside what was made says that it was made from these very inputs. */
function upToDate(mark, print) {
  const path = join(root, mark)
  return existsSync(path) && readFileSync(path, 'utf8') === print
}

function record(mark, print) {
  const path = join(root, mark)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, print)
}

function install() {
  // The lockfile repeats what every package.json depends on, so it alone says what has to be installed.
  const print = `${onBun ? 'bun' : 'node'} ${process.version} ${fingerprint(['package-lock.json'])}`
  const mark = 'node_modules/.holdfast-setup'
  if (upToDate(mark, print)) return
  if (onBun && existsSync(join(root, 'node_modules/zod'))) return
  if (onBun) run('installing dependencies', process.execPath, ['install', '--no-save', '--frozen-lockfile'])
  else run('installing dependencies (the first time builds the SQLite driver, about a minute)', 'npm', ['ci'])
  record(mark, print)
}

function sourcesOf(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) return ['dist', 'node_modules'].includes(entry.name) ? [] : sourcesOf(path)
    return /\.(ts|sql|mjs|json)$/.test(entry.name) ? [path] : []
  })
}

/** The compiler carries only TypeScript over; SQL files and plain modules are taken along as they are. */
function copyAssets(folder, from, to) {
  for (const file of sourcesOf(folder).filter((path) => /\.(sql|mjs)$/.test(path) && path.startsWith(from))) {
    const target = join(root, to, file.slice(from.length))
    mkdirSync(dirname(target), { recursive: true })
    cpSync(join(root, file), target)
  }
}

function build() {
  const sources = packages.flatMap(sourcesOf).concat('tsconfig.base.json').toSorted()
  const newest = Math.max(...sources.map((file) => statSync(join(root, file)).mtimeMs))
  const print = `${sources.length} ${newest} ${createHash('sha256').update(sources.join('\n')).digest('hex')}`
  const mark = 'scripts/dist/.built-from'
  if (upToDate(mark, print)) return
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  run('building', process.execPath, [compiler, '-b'])
  for (const name of ['shared', 'hub', 'cli']) copyAssets(name, `${name}/src/`, `${name}/dist/`)
  record(mark, print)
}

checkRuntime()
install()
build()
