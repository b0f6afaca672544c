import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { repositoryFiles } from '../repository.ts'

/** A copy of the repository in which anything may be broken; the repository itself is only read. */
export interface Workspace {
  readonly folder: string
  read(file: string): string
  write(file: string, text: string): void
  remove(): void
}

interface Manifest {
  readonly workspaces: readonly string[]
}

export function makeWorkspace(root: string): Workspace {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'holdfast-mutants-'))
  const workspace: Workspace = {
    folder,
    read: (file) => readFileSync(join(folder, file), 'utf8'),
    write: (file, text) => writeFileSync(join(folder, file), text),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
  try {
    copyRepository(root, folder)
    const { workspaces } = JSON.parse(workspace.read('package.json')) as Manifest
    copyBuilds(root, folder, workspaces)
    linkModules({ root, folder, packages: workspaces })
  } catch (error) {
    workspace.remove()
    throw error
  }
  return workspace
}

function copyRepository(root: string, folder: string): void {
  for (const file of repositoryFiles(root)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    copyFileSync(join(root, file), join(folder, file))
  }
}

/** As they are, without any mutant: some tests start other processes, and on Node those run what was built. */
function copyBuilds(root: string, folder: string, packages: readonly string[]): void {
  for (const name of packages)
    cpSync(join(root, name, 'dist'), join(folder, name, 'dist'), { recursive: true })
}

/**
 * What others made is linked to where it is installed; our own packages are linked to the copy, or a change there would
 * reach no other package. Names with a dot hold caches and marks, which the copy gets its own of.
 */
function linkModules(link: { root: string; folder: string; packages: readonly string[] }): void {
  const { root, folder, packages } = link
  linkEntries(root, folder)
  mkdirSync(join(folder, 'node_modules/@holdfast'))
  for (const name of packages) {
    symlinkSync(join('../..', name), join(folder, 'node_modules/@holdfast', name))
    if (existsSync(join(root, name, 'node_modules'))) linkEntries(join(root, name), join(folder, name))
  }
}

function linkEntries(from: string, to: string): void {
  mkdirSync(join(to, 'node_modules'))
  for (const name of readdirSync(join(from, 'node_modules'))) {
    if (name === '@holdfast' || (name.startsWith('.') && name !== '.bin')) continue
    symlinkSync(join(from, 'node_modules', name), join(to, 'node_modules', name))
  }
}
