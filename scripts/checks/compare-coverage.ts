import type { Problem, Rule } from './spec-rules.ts'

/** One place where a test says that it proves a rule. */
export interface Proof {
  readonly id: string
  readonly file: string
  readonly line: number
}

export interface Coverage {
  readonly problems: readonly Problem[]
  readonly rules: number
  /** Built whole, and with a test. */
  readonly proved: number
  readonly inPart: number
  readonly later: number
}

export function compareCoverage(rules: readonly Rule[], proofs: readonly Proof[], file: string): Coverage {
  const known = new Set(rules.map((rule) => rule.id))
  const proved = new Set(proofs.map((proof) => proof.id))
  const stray = proofs
    .filter((proof) => !known.has(proof.id))
    .map((proof) => ({
      file: proof.file,
      line: proof.line,
      message: `a test names ${proof.id}, which is no rule`,
    }))
  return {
    problems: [...rules.flatMap((rule) => problemOf(rule, proved.has(rule.id), file)), ...stray],
    rules: rules.length,
    proved: rules.filter((rule) => rule.built === 'whole' && proved.has(rule.id)).length,
    inPart: rules.filter((rule) => rule.built === 'in part').length,
    later: rules.filter((rule) => rule.built === 'later').length,
  }
}

function problemOf({ id, line, built }: Rule, isProved: boolean, file: string): Problem[] {
  if (built === 'later' && isProved) {
    return [
      {
        file,
        line,
        message: `${id} is marked "later" and has a test: take the mark away or make it "in part"`,
      },
    ]
  }
  if (built === 'later' || isProved) return []
  return [{ file, line, message: `${id} has no test whose title begins with [${id}]` }]
}
