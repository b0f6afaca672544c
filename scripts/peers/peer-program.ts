import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

/** The released client: another project's program, run as it is published. */
const NAME = '@twsxtd/hapi'
const VERSION = '0.30.7'
const PLATFORM = `${process.platform}-${process.arch}`

/** What exactly was published, where it was looked at: the registry must not give us another one to run. */
const INTEGRITY: { readonly [platform: string]: string } = {
  'linux-x64':
    'sha512-/e712GKRzzeVD2SMO+ApIxd1/CkIHyKZRRzkEK1WWWvcie45Onres8z58V3liEA/JxbHUxaKaOPW7N0xQBVq1Q==',
}

/** npm's words for a registry that it could not reach, as opposed to one that said no. */
const UNREACHABLE = /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH)\b/

export type PeerProgram =
  | { readonly kind: 'installed'; readonly name: string; readonly path: string }
  | { readonly kind: 'unreachable'; readonly why: string }

/** The program itself, installed once and kept: without its launcher, a process is one process. */
export function findPeerProgram(root: string): PeerProgram {
  const folder = join(root, 'node_modules/.cache/holdfast-peers', `hapi-${VERSION}-${PLATFORM}`)
  const path = join(folder, 'node_modules', `${NAME}-${PLATFORM}`, 'bin/hapi')
  if (!existsSync(path)) {
    const why = install(folder)
    if (why !== null) return { kind: 'unreachable', why }
  }
  if (!existsSync(path)) throw new Error(`${NAME} ${VERSION} is not published for ${PLATFORM}.`)
  proveIntegrity(folder)
  // Its processes call themselves by where it really lies.
  return { kind: 'installed', name: `${NAME} ${VERSION}`, path: realpathSync(path) }
}

/** Installs beside its place and moves it there whole, so that an install that was cut off is never taken for one. */
function install(folder: string): string | null {
  const parent = join(folder, '..')
  mkdirSync(parent, { recursive: true })
  const attempt = mkdtempSync(join(parent, 'installing-'))
  try {
    writeFileSync(join(attempt, 'package.json'), '{ "private": true }\n')
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error']
    const done = spawnSync('npm', ['install', `${NAME}@${VERSION}`, '--prefix', attempt, ...options], {
      cwd: attempt,
      encoding: 'utf8',
      env: outsideOfNpm(process.env),
      timeout: 300_000,
    })
    if (done.error !== undefined) {
      if (UNREACHABLE.test(done.error.message)) return 'npm had no answer of its registry within five minutes'
      throw done.error
    }
    if (done.status !== 0) {
      if (UNREACHABLE.test(done.stderr)) return `npm could not reach its registry: ${firstLine(done.stderr)}`
      throw new Error(`npm could not install ${NAME}@${VERSION}: ${done.stderr.trim()}`)
    }
    rmSync(folder, { recursive: true, force: true })
    renameSync(attempt, folder)
    return null
  } finally {
    rmSync(attempt, { recursive: true, force: true })
  }
}

/** Under `npm run`, npm is told of the package that it runs for, and would install there. */
function outsideOfNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const told = /^npm_(?:package_|lifecycle_|config_local_prefix|config_prefix|config_workspace|prefix)/
  return Object.fromEntries(Object.entries(env).filter(([name]) => !told.test(name)))
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? ''
}

function proveIntegrity(folder: string): void {
  const expected = INTEGRITY[PLATFORM]
  if (expected === undefined) return
  const installed = JSON.parse(readFileSync(join(folder, 'node_modules/.package-lock.json'), 'utf8')) as {
    readonly packages: { readonly [path: string]: { readonly integrity?: string } }
  }
  const found = installed.packages[`node_modules/${NAME}-${PLATFORM}`]?.integrity
  if (found !== expected) {
    throw new Error(`${NAME} ${VERSION} for ${PLATFORM} is not the one that was published: ${found}.`)
  }
}
