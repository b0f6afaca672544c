import { languageOf, lineAt, readSource } from './source-text.ts'
import type { Problem } from './spec-rules.ts'

const MAX_LINES = 400
const COUNTED = /\.(?:tsx?|mjs)$/
const TEST_SOURCE = /\.test\.tsx?$|\/contract\//

interface SourceRule {
  readonly looksAt: 'comments' | 'withoutComments'
  readonly pattern: RegExp
  readonly message: string
}

const RULES: readonly SourceRule[] = [
  {
    looksAt: 'withoutComments',
    pattern: /\bselect\s+(?:all\s+|distinct\s+)?(?:[\w"]+\s*\.\s*)?\*/gi,
    message: 'a query lists its columns; a star takes whatever a migration adds',
  },
  {
    looksAt: 'comments',
    pattern: /(?<![\w&/])#\d+\b|\bGH-\d+\b|\/(?:issues|pull)\/\d+/g,
    message: 'a comment states a present fact; issue numbers belong to commits',
  },
  {
    looksAt: 'comments',
    pattern: /\b(?:TODO|FIXME|XXX)\b/g,
    message: 'a comment states a present fact; what is to be done is done or goes to the tracker',
  },
  {
    looksAt: 'comments',
    pattern: /\b(?:oxlint|eslint)-disable|@ts-(?:ignore|expect-error|nocheck)\b/g,
    message: 'a rule is switched off in the lint configuration, with its reason, never inline',
  },
]

/** What a source file does against the house rules, in the order of its lines. */
export function findSourceProblems(file: string, source: string): Problem[] {
  const language = languageOf(file)
  if (language === undefined) return []
  const text = readSource(source, language)
  const found = RULES.flatMap(({ looksAt, pattern, message }) =>
    [...text[looksAt].matchAll(pattern)].map(({ index }) => ({
      file,
      line: lineAt(source, index),
      message,
    })),
  ).toSorted((left, right) => left.line - right.line)
  return [...found, ...lengthProblem(file, source)]
}

function lengthProblem(file: string, source: string): Problem[] {
  if (!COUNTED.test(file) || TEST_SOURCE.test(file)) return []
  const lines = source.replace(/\n$/, '').split('\n').length
  if (lines <= MAX_LINES) return []
  const message = `the file has ${lines} lines; at most ${MAX_LINES} are allowed`
  return [{ file, line: MAX_LINES + 1, message }]
}
