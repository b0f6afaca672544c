import { lineAt, readSource, type SourceText } from './source-text.ts'

export interface TestTitle {
  readonly title: string
  readonly line: number
}

const CALL = /(?<![\w.$])(?:test|it)\b(?=\s*[.(<])/g
const STEP = /\s*(?:\.\s*(\w+)|(<)|(\())/y
/** These take their own arguments first: `test.each(table)('title', ...)`. */
const CURRIED = new Set(['each', 'for', 'skipIf', 'runIf'])
/** What never runs proves nothing. */
const UNRUN = new Set(['skip', 'todo'])

/** The titles of a file's tests, as far as they are written out there; of a template, what stands before its first `${`. */
export function collectTestTitles(source: string): TestTitle[] {
  const text = readSource(source, 'script')
  const titles: TestTitle[] = []
  for (const { index, 0: name } of text.bare.matchAll(CALL)) {
    const argument = firstArgument(text.bare, index + name.length)
    const title = argument === null ? null : literalAt(text, argument)
    if (title !== null) titles.push({ title, line: lineAt(source, index) })
  }
  return titles
}

/** Where the arguments begin that the title stands in; null where there are none or the test never runs. */
function firstArgument(bare: string, from: number): number | null {
  let at = from
  let curried = false
  for (;;) {
    STEP.lastIndex = at
    const step = STEP.exec(bare)
    if (step === null) return null
    const [, modifier, angle] = step
    if (modifier !== undefined && UNRUN.has(modifier)) return null
    if (modifier !== undefined) curried ||= CURRIED.has(modifier)
    else if (angle === undefined && !curried) return STEP.lastIndex
    at = modifier === undefined ? afterGroup(bare, STEP.lastIndex - 1) : STEP.lastIndex
    if (modifier === undefined && angle === undefined) curried = false
  }
}

const CLOSING: Record<string, string> = { '(': ')', '<': '>' }

/** Where the group that opens here has closed. The arrow of a function type closes nothing. */
function afterGroup(bare: string, open: number): number {
  const opening = bare[open] ?? ''
  const closing = CLOSING[opening]
  let depth = 0
  for (let at = open; at < bare.length; at++) {
    if (bare[at] === opening) depth++
    else if (bare[at] === closing && !(closing === '>' && bare[at - 1] === '=')) depth--
    if (depth === 0) return at + 1
  }
  return bare.length
}

function literalAt(text: SourceText, from: number): string | null {
  const skipped = /^\s*/.exec(text.withoutComments.slice(from))
  return text.textAt(from + (skipped?.[0].length ?? 0))
}

/** The rules that a title names: `[ME3][VE2] ...` names two. */
export function ruleIdsOf(title: string): string[] {
  const head = /^(?:\[[A-Z]+\d+\]\s*)+/.exec(title)?.[0] ?? ''
  return [...head.matchAll(/[A-Z]+\d+/g)].map(([id]) => id)
}
