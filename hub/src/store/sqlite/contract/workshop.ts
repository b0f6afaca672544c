import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import type { Actor } from '@holdfast/shared/records/actor'
import type { Json } from '@holdfast/shared/metadata/json'
import type { SessionKey, Store } from '../../store.ts'
import { loadDriver, type OpenOptions, type SqliteDriver } from '../driver.ts'

export const ACTOR: Actor = { door: 'hub' }

/** A folder of a test's own, gone with `remove`; everything that was handed to `close` is closed first. */
export class Workshop {
  readonly folder = mkdtempSync(join(tmpdir(), 'holdfast-sqlite-'))
  readonly database = this.file('holdfast.db')
  readonly #endings: (() => unknown)[] = []

  file(name: string): string {
    return join(this.folder, name)
  }

  later(ending: () => unknown): void {
    this.#endings.push(ending)
  }

  closing<Closable extends AsyncDisposable>(thing: Closable): Closable {
    this.later(() => thing[Symbol.asyncDispose]())
    return thing
  }

  async remove(): Promise<void> {
    for (const ending of this.#endings.toReversed()) await ending()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Another program's connection to the file, for as long as `use` runs. */
export async function withSql<Value>(
  file: string,
  use: (driver: SqliteDriver) => Value | Promise<Value>,
  options: OpenOptions = {},
): Promise<Value> {
  const open = await loadDriver()
  const driver = open(file, options)
  try {
    return await use(driver)
  } finally {
    driver.close()
  }
}

/** The code with which a promise is rejected; `untyped: ...` for an error that nobody could tell by a code. */
export async function rejectionOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    return error instanceof HoldfastError ? error.code : `untyped: ${String(error)}`
  }
  return 'nothing went wrong'
}

export async function makeSession(
  store: Store,
  tag: string,
  metadata: { [field: string]: Json } = {},
): Promise<SessionKey> {
  const made = await store.createOrLoadSession({ namespace: 'default', tag, actor: ACTOR, metadata })
  if (made.kind !== 'session') throw new Error(`no session: ${made.message}`)
  return { namespace: 'default', session: made.session.id }
}

/** Only for a database that this process has closed: reading the file of an open one would cancel its locks. */
export function sha256Of(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}

/** The store as a module that a process of its own can load: the source on Bun, what it was compiled to on Node. */
function moduleFor(name: string): string {
  const onBun = process.versions['bun'] !== undefined
  const path = onBun ? `../${name}.ts` : `../../../../dist/store/sqlite/${name}.js`
  const url = new URL(path, import.meta.url)
  if (!existsSync(fileURLToPath(url)))
    throw new Error(`${fileURLToPath(url)} is missing; \`npm test\` builds it`)
  return url.href
}

export interface Helper {
  readonly pid: number
  /** The next line that it prints. */
  line(): Promise<string>
  kill(): Promise<void>
}

/** Starts a process on the same runtime. Its script has `openSqliteStore`, `openDriver` and `path`. */
export function startHelper(workshop: Workshop, path: string, script: string): Helper {
  const file = workshop.file(`helper-${Math.random().toString(36).slice(2)}.mjs`)
  writeFileSync(
    file,
    `const { openSqliteStore } = await import(${JSON.stringify(moduleFor('sqlite-store'))})
     const open = await (await import(${JSON.stringify(moduleFor('driver'))})).loadDriver()
     // A connection that nobody can reach any more is closed, and its transaction undone, at some later moment.
     globalThis.kept = []
     const openDriver = (...given) => {
       const driver = open(...given)
       globalThis.kept.push(driver)
       return driver
     }
     const path = ${JSON.stringify(path)}
     setInterval(() => undefined, 1000)
     ${script}`,
  )
  const child = spawn(process.execPath, [pathToFileURL(file).pathname], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  workshop.later(() => killed(child))
  return {
    pid: child.pid ?? 0,
    async line() {
      const next = await lines.next()
      if (next.done === true) throw new Error('the helper ended before it said anything')
      return next.value
    },
    kill: () => killed(child),
  }
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}
