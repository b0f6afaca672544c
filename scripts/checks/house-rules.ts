// The rules of this repository that no linter knows.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryFiles, repositoryRoot } from '../repository.ts'
import { findLockfileProblems } from './lockfile-rules.ts'
import { report } from './report.ts'
import { findSourceProblems } from './source-rules.ts'
import { languageOf } from './source-text.ts'

const LOCKFILE = 'package-lock.json'
const root = repositoryRoot()
const read = (file: string) => readFileSync(join(root, file), 'utf8')

const sources = repositoryFiles(root).filter((file) => languageOf(file) !== undefined)
const problems = [
  ...sources.flatMap((file) => findSourceProblems(file, read(file))),
  ...findLockfileProblems(LOCKFILE, read(LOCKFILE)),
]
report(problems, `${sources.length} source files and ${LOCKFILE}: ${problems.length} problems`)
