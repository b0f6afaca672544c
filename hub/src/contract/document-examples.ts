/** An example of a document: a program, and what it prints where the document says so. */
export interface Example {
  readonly language: 'sh' | 'js'
  readonly program: string
  readonly prints: unknown
  /** The line of the document at which it begins. */
  readonly line: number
}

interface Block {
  readonly language: string
  readonly text: string
  readonly line: number
}

/** The examples of a Markdown text, in order. A block of JSON right after a program is what that prints. */
export function examplesOf(markdown: string): Example[] {
  const blocks = blocksOf(markdown)
  return blocks.flatMap(({ language, text, line }, at): Example[] => {
    if (language !== 'sh' && language !== 'js') return []
    const next = blocks[at + 1]
    const prints: unknown = next?.language === 'json' ? JSON.parse(next.text) : undefined
    return [{ language, program: text, prints, line }]
  })
}

function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = []
  let open: { language: string; line: number; lines: string[] } | null = null
  for (const [at, line] of markdown.split('\n').entries()) {
    const fence = /^```(\w*)$/.exec(line)
    if (fence === null) open?.lines.push(line)
    else if (open === null) open = { language: fence[1] ?? '', line: at + 1, lines: [] }
    else {
      blocks.push({ language: open.language, line: open.line, text: open.lines.join('\n') })
      open = null
    }
  }
  return blocks
}

const ANY_TEXT = '...'
const ANY_TIME = 1_700_000_000_000

/** What a program printed, with what differs from run to run as the document shows it. */
export function likeInDocument(printed: unknown, shown: unknown): unknown {
  if (shown === ANY_TEXT && typeof printed === 'string') return shown
  if (shown === ANY_TIME && typeof printed === 'number' && printed > ANY_TIME) return shown
  if (Array.isArray(printed) && Array.isArray(shown))
    return printed.map((item, at) => likeInDocument(item, shown[at]))
  if (!isRecord(printed) || !isRecord(shown)) return printed
  return Object.fromEntries(
    Object.entries(printed).map(([name, value]) => [name, likeInDocument(value, shown[name])]),
  )
}

function isRecord(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
