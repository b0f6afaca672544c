import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The folder of the repository that a module belongs to, compiled or not. */
export function repositoryRoot(from = import.meta.dirname): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json')
    if (existsSync(manifest) && /"name": "holdfast"/.test(readFileSync(manifest, 'utf8'))) return folder
    if (folder === dirname(folder)) throw new Error(`${from} is not inside the repository.`)
  }
}

/** What the repository holds: tracked files, and new ones that are not ignored; what is no file any more is left out. */
export function repositoryFiles(root: string): string[] {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const done = spawnSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  if (done.error !== undefined) throw done.error
  if (done.status !== 0) throw new Error(`git ls-files failed: ${done.stderr.trim()}`)
  const files = new Set(done.stdout.split('\0').filter((file) => file !== ''))
  return [...files]
    .filter((file) => statSync(join(root, file), { throwIfNoEntry: false })?.isFile() === true)
    .toSorted()
}
