/** One deliberate mistake, and the tests that must see it. */
export interface Mutant {
  readonly id: string
  /** What a reader of the rule would lose. */
  readonly why: string
  readonly file: string
  /** Text that stands in `file` exactly once. */
  readonly find: string
  readonly replace: string
  readonly caughtBy: {
    /** Beginnings of the paths of test files. */
    readonly files: readonly string[]
    /** Text that the titles of the tests contain, such as `[ME3]`. */
    readonly title: string
  }
}

/** The source with the mistake in it; throws where the text to replace is not there exactly once. */
export function applyMutant(mutant: Mutant, source: string): string {
  const at = source.indexOf(mutant.find)
  if (mutant.find === '' || at < 0) throw new Error(`${mutant.id}: its text is not in ${mutant.file}.`)
  if (source.indexOf(mutant.find, at + 1) >= 0)
    throw new Error(`${mutant.id}: its text stands in ${mutant.file} more than once.`)
  const mutated = source.slice(0, at) + mutant.replace + source.slice(at + mutant.find.length)
  if (mutated === source) throw new Error(`${mutant.id}: it changes nothing.`)
  return mutated
}

/** The mutants that are named, in the catalogue's order; all of them where none is. */
export function chooseMutants(catalogue: readonly Mutant[], only: readonly string[]): readonly Mutant[] {
  const ids = new Set<string>()
  for (const { id } of catalogue) {
    if (ids.has(id)) throw new Error(`Two mutants have the id ${id}.`)
    ids.add(id)
  }
  const unknown = only.filter((id) => !ids.has(id))
  if (unknown.length > 0) throw new Error(`No mutant has the id ${unknown.join(', ')}; see --list.`)
  return only.length === 0 ? catalogue : catalogue.filter(({ id }) => only.includes(id))
}
