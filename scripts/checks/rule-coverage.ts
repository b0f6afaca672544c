// Compares the rules of docs/SPEC.md with the tests that name them.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryFiles, repositoryRoot } from '../repository.ts'
import { compareCoverage, type Proof } from './compare-coverage.ts'
import { report } from './report.ts'
import { readSpecRules } from './spec-rules.ts'
import { collectTestTitles, ruleIdsOf } from './test-titles.ts'

const SPEC = 'docs/SPEC.md'
const TESTS = /^(?:(?:shared|hub|cli)\/src|scripts)\/(?:.*\.test\.tsx?|(?:.*\/)?contract\/.*\.ts)$/

const root = repositoryRoot()

function proofsIn(file: string): Proof[] {
  const titles = collectTestTitles(readFileSync(join(root, file), 'utf8'))
  return titles.flatMap(({ title, line }) => ruleIdsOf(title).map((id) => ({ id, file, line })))
}

const { rules, problems } = readSpecRules(readFileSync(join(root, SPEC), 'utf8'), SPEC)
const proofs = repositoryFiles(root)
  .filter((file) => TESTS.test(file))
  .flatMap(proofsIn)
const coverage = compareCoverage(rules, proofs, SPEC)
const all = [...problems, ...coverage.problems]
report(
  all,
  `${coverage.rules} rules: ${coverage.proved} proved, ${coverage.inPart} in part, ${coverage.later} later; ` +
    `${all.length} problems`,
)
