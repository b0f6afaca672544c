export type Language = 'script' | 'sql' | 'shell' | 'css'

/** A stretch of source that is not code: a comment, or the text of a string, a template or a regular expression. */
interface Span {
  readonly kind: 'comment' | 'text'
  readonly start: number
  readonly end: number
}

/** One source in views of equal length, so that a place found in one is the same place in the others. */
export interface SourceText {
  readonly source: string
  /** Only the comments; all else is blank. */
  readonly comments: string
  /** Comments are blank. */
  readonly withoutComments: string
  /** Comments and the texts of strings, templates and regular expressions are blank, their quotes too. */
  readonly bare: string
  /** Where the string or template that begins here ends: after its quote, or before its first `${`. */
  textAt(start: number): string | null
}

const LANGUAGES: readonly [RegExp, Language][] = [
  [/\.[cm]?[jt]sx?$/, 'script'],
  [/\.sql$/, 'sql'],
  [/\.sh$|^\.ci\/[\w-]+$/, 'shell'],
  [/\.css$/, 'css'],
]

/** The language of a file by its name; undefined for one that is no source. */
export function languageOf(file: string): Language | undefined {
  return LANGUAGES.find(([pattern]) => pattern.test(file))?.[1]
}

export function readSource(source: string, language: Language): SourceText {
  const spans = language === 'script' ? scriptSpans(source) : simpleSpans(source, SIMPLE[language])
  const texts = new Map(spans.filter((span) => span.kind === 'text').map((span) => [span.start, span]))
  return {
    source,
    comments: blankAll(
      source,
      gapsOf(
        spans.filter((span) => span.kind === 'comment'),
        source.length,
      ),
    ),
    withoutComments: blankAll(
      source,
      spans.filter((span) => span.kind === 'comment'),
    ),
    bare: blankAll(source, spans),
    textAt(start) {
      const span = texts.get(start)
      return span === undefined ? null : source.slice(start + 1, span.end).replace(/(?:['"`]|\$\{)$/, '')
    },
  }
}

export function lineAt(source: string, index: number): number {
  let line = 1
  for (let at = source.indexOf('\n'); at >= 0 && at < index; at = source.indexOf('\n', at + 1)) line++
  return line
}

interface Range {
  readonly start: number
  readonly end: number
}

function gapsOf(ranges: readonly Range[], length: number): Range[] {
  const edges = [0, ...ranges.flatMap(({ start, end }) => [start, end]), length]
  const gaps: Range[] = []
  for (let at = 0; at < edges.length; at += 2) gaps.push({ start: edges[at] ?? 0, end: edges[at + 1] ?? 0 })
  return gaps
}

function blankAll(source: string, ranges: readonly Range[]): string {
  let result = ''
  let at = 0
  for (const { start, end } of ranges) {
    result += source.slice(at, start) + source.slice(start, end).replaceAll(/[^\n]/g, ' ')
    at = end
  }
  return result + source.slice(at)
}

const SIMPLE: Record<Exclude<Language, 'script'>, RegExp> = {
  sql: /(--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|'(?:[^']|'')*'?|"(?:[^"]|"")*"?/g,
  shell: /((?<=^|\s)#[^\n]*)|'[^']*'?|"(?:\\[\s\S]|[^"\\])*"?|\\[\s\S]/g,
  css: /(\/\*[\s\S]*?(?:\*\/|$))|'(?:\\[\s\S]|[^'\\\n])*'?|"(?:\\[\s\S]|[^"\\\n])*"?/g,
}

function simpleSpans(source: string, pattern: RegExp): Span[] {
  return [...source.matchAll(pattern)].map((match) => ({
    kind: match[1] === undefined ? 'text' : 'comment',
    start: match.index,
    end: match.index + match[0].length,
  }))
}

const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y
const STRING = /'(?:\\[\s\S]|[^'\\\n])*'?|"(?:\\[\s\S]|[^"\\\n])*"?/y
const TEMPLATE = /[`}](?:\\[\s\S]|\$(?!\{)|[^`\\$])*(?:`|\$\{|$)/y
const REGEXP = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/y
/** After these a slash begins a regular expression; after anything else it divides. */
const BEFORE_REGEXP = /(?:^|[(,=:[!&|?{;+\-*%>~^]|\b(?:return|typeof|case|of|in|do|else|yield|await))\s*$/

class ScriptScanner {
  readonly spans: Span[] = []
  readonly source: string
  /** For every template that is open, how many braces were open when its `${` began. */
  readonly templates: number[] = []
  braces = 0
  at = 0

  constructor(source: string) {
    this.source = source
  }

  take(kind: Span['kind'], pattern: RegExp): string | null {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.source)?.[0]
    if (found === undefined) return null
    this.spans.push({ kind, start: this.at, end: this.at + found.length })
    this.at += found.length
    return found
  }

  template(): void {
    if (this.take('text', TEMPLATE)?.endsWith('${')) this.templates.push(this.braces)
  }

  /** Code just before here, without the comments between. */
  before(): string {
    const last = this.spans.at(-1)
    const from = Math.max(last === undefined ? 0 : last.end, this.at - 40)
    const code = this.source.slice(from, this.at)
    if (code.trim() !== '' || last === undefined) return code
    return last.kind === 'text' ? 'x' : ';'
  }

  step(): void {
    const character = this.source[this.at]
    if (character === '/' && this.slash()) return
    if ((character === "'" || character === '"') && this.take('text', STRING) !== null) return
    if (character === '`') return this.template()
    if (character === '}' && this.templates.at(-1) === this.braces) {
      this.templates.pop()
      return this.template()
    }
    if (character === '{') this.braces++
    if (character === '}') this.braces--
    this.at++
  }

  slash(): boolean {
    if (this.take('comment', COMMENT) !== null) return true
    return BEFORE_REGEXP.test(this.before()) && this.take('text', REGEXP) !== null
  }
}

/** Knows as much of the language as it takes to tell code from comments and texts. */
function scriptSpans(source: string): Span[] {
  const scanner = new ScriptScanner(source)
  while (scanner.at < source.length) scanner.step()
  return scanner.spans
}
