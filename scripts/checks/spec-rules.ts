/** How far a rule is built, as its mark in the specification says; no mark means whole. */
export type Built = 'whole' | 'in part' | 'later'

export interface Rule {
  readonly id: string
  readonly line: number
  readonly built: Built
}

/** One line of a report: where, and what is wrong there. */
export interface Problem {
  readonly file: string
  readonly line: number
  readonly message: string
}

export interface SpecRules {
  readonly rules: readonly Rule[]
  readonly problems: readonly Problem[]
}

const RULE = /^- \*\*([A-Z]+\d+)\*\*\s*(?:_\(([^)]*)\)_)?/
const IN_PART = /^in part: \S/

/** The rules of a specification: `- **ME1** ...`, `- **CO1** _(later)_ ...`, `- **OP6** _(in part: ...)_ ...`. */
export function readSpecRules(text: string, file: string): SpecRules {
  const rules = new Map<string, Rule>()
  const problems: Problem[] = []
  for (const [index, content] of text.split('\n').entries()) {
    const [, id, mark] = RULE.exec(content) ?? []
    if (id === undefined) continue
    const line = index + 1
    const built = builtBy(mark)
    if (built === null)
      problems.push({
        file,
        line,
        message: `${id} has the mark "${mark}"; known are "later" and "in part: ..."`,
      })
    const first = rules.get(id)
    if (first === undefined) rules.set(id, { id, line, built: built ?? 'whole' })
    else problems.push({ file, line, message: `${id} is a rule already, in line ${first.line}` })
  }
  return { rules: [...rules.values()], problems }
}

function builtBy(mark: string | undefined): Built | null {
  if (mark === undefined) return 'whole'
  if (mark === 'later') return 'later'
  return IN_PART.test(mark) ? 'in part' : null
}
