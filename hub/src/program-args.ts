import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import { printable } from '@holdfast/shared/protocol/printable'

/** What the program is to do. Everything else that it needs to know are its settings. */
export type ProgramArgs =
  | { readonly kind: 'serve' }
  | { readonly kind: 'restore'; readonly file: string; readonly json: boolean }

/** Without words the hub serves. */
export function programArgs(words: readonly string[]): ProgramArgs {
  const [verb, ...rest] = words
  if (verb === undefined) return { kind: 'serve' }
  if (verb !== 'restore') throw usage(`There is no command "${printable(verb)}".`)
  const json = rest.includes('--json')
  const files = rest.filter((word) => word !== '--json')
  const [file] = files
  if (file === undefined || file === '' || file.startsWith('-') || files.length > 1)
    throw usage('restore takes the file of one backup, and --json.')
  return { kind: 'restore', file, json }
}

function usage(problem: string): HoldfastError {
  return new HoldfastError(
    'usage',
    `${problem} Without arguments the hub serves; restore FILE restores a backup.`,
  )
}
