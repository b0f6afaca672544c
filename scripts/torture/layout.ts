import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Bench, Layout } from './bench.ts'

export interface Edit {
  /** From the root of the repository, in a built package. */
  readonly file: string
  /** Text that stands in it exactly once. */
  readonly find: string
  readonly replace: string
}

export interface MutantBuild {
  readonly name: string
  readonly edits: readonly Edit[]
}

/** Throws where the text is not there exactly once: then the code moved on, and the edit has to follow. */
export function replaceOnce(source: string, { file, find, replace }: Edit): string {
  const pieces = source.split(find)
  if (pieces.length !== 2) throw new Error(`${file} has ${pieces.length - 1} times, not once: ${find}`)
  return pieces.join(replace)
}

/** A copy of a build, with mistakes in it. Both runtimes run the built form there. */
export function makeMutantLayout(bench: Bench, mutant: MutantBuild, from = bench.ownLayout): Layout {
  const { root } = bench
  // A program of the hub is in a folder of its package, beside the other packages.
  const packages = dirname(dirname(dirname(from.hub)))
  const folder = bench.newFolder(`mutant-${mutant.name}`)
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, '@holdfast'), { recursive: true })
  for (const name of readdirSync(join(root, 'node_modules')))
    if (name !== '@holdfast' && !name.startsWith('.'))
      symlinkSync(join(root, 'node_modules', name), join(modules, name))
  for (const name of ['shared', 'hub']) copyPackage(join(packages, name), join(modules, '@holdfast', name))
  cpSync(from.programs, join(folder, 'torture'), { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')
  for (const edit of mutant.edits) {
    const file = join(modules, '@holdfast', edit.file)
    writeFileSync(file, replaceOnce(readFileSync(file, 'utf8'), edit))
  }
  return {
    name: mutant.name,
    programs: join(folder, 'torture'),
    hub: join(modules, '@holdfast/hub/dist/main.js'),
  }
}

function copyPackage(from: string, to: string): void {
  mkdirSync(to)
  cpSync(join(from, 'dist'), join(to, 'dist'), { recursive: true })
  writeFileSync(
    join(to, 'package.json'),
    JSON.stringify({ name: to, type: 'module', exports: { './*': './dist/*.js' } }),
  )
}
