import { existsSync, realpathSync } from 'node:fs'
import { basename, delimiter, join } from 'node:path'

export type RuntimeName = 'node' | 'bun'

export interface Runtime {
  readonly name: RuntimeName
  readonly path: string
}

/** The runtimes to torture; Bun puts a `node` of its own on the PATH, which is Bun. */
export function findRuntimes(root: string): Runtime[] {
  const folders = [join(root, 'node_modules/.bin'), ...(process.env['PATH'] ?? '').split(delimiter)]
  const current = realpathSync(process.execPath)
  const found: Runtime[] = []
  for (const name of ['node', 'bun'] as const) {
    const candidates = [current, ...folders.map((folder) => join(folder, name)).filter(existsSync)]
    const path = candidates.map((file) => realpathSync(file)).find((file) => basename(file).startsWith(name))
    if (path !== undefined) found.push({ name, path })
  }
  return found
}
