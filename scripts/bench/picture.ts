import { numberText, ratioText, type Figure, type Section } from './figure.ts'
import type { Report } from './report.ts'

const WIDTH = 1100
const MARGIN = 24
/** Names end here and bars begin; the longest bar leaves room for its number. */
const BARS_AT = 352
const LONGEST = 320
const ROW = 22
const BAR = 14
const BLOCK_GAP = 8
const CHARACTERS_A_LINE = 138

const COLOURS = {
  holdfast: '#1f6f5c',
  worker: '#5b7fb8',
  column: '#b98a3a',
  bare: '#8a8a8a',
  index: '#5b7fb8',
  'ack-only': '#8a8a8a',
  peer: '#b98a3a',
} as const
const FAMILIES = {
  holdfast: 'Holdfast',
  worker: 'Holdfast on a worker thread',
  column: 'one JSON column',
  bare: 'the bare statements',
  index: 'an index to group over',
  'ack-only': 'a server that only acks',
  peer: 'the peer hub',
} as const
const INK = '#22272e'
const QUIET = '#5f6873'

interface Drawn {
  readonly text: string
  readonly height: number
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

interface Letters {
  readonly size: number
  readonly colour?: string
  readonly bold?: boolean
  readonly end?: boolean
}

function words(x: number, y: number, text: string, letters: Letters): string {
  const weight = letters.bold === true ? ' font-weight="600"' : ''
  const anchor = letters.end === true ? ' text-anchor="end"' : ''
  const style = `font-size="${letters.size}" fill="${letters.colour ?? INK}"${weight}${anchor}`
  return `<text x="${x}" y="${y}" ${style}>${escaped(text)}</text>`
}

/** Broken into lines that fit. */
function wrapped(text: string, length: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + word.length + 1 > length) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}

function lengthOf(value: number, most: number): number {
  return Math.max(1, (value / most) * LONGEST)
}

/** A bar as long as the median, with a thin line from the lowest to the highest round. */
function bar(figure: Figure, y: number, most: number): string {
  const { value, unit, family, ratios } = figure
  const middle = y + BAR / 2
  const low = BARS_AT + lengthOf(value.low, most)
  const high = BARS_AT + lengthOf(value.high, most)
  const says = [`${numberText(value.median)} ${unit}`, ...ratios.map(ratioText)].join('  \u00B7  ')
  const rect = `<rect x="${BARS_AT}" y="${y}" width="${lengthOf(value.median, most).toFixed(1)}" height="${BAR}" rx="2" fill="${COLOURS[family]}"/>`
  const line = `<path d="M${low.toFixed(1)} ${middle}H${high.toFixed(1)}" stroke="${INK}" stroke-width="1.5"/>`
  const longest = Math.max(high, BARS_AT + lengthOf(value.median, most))
  return [
    words(BARS_AT - 10, y + BAR - 2, figure.name, { size: 12, end: true }),
    rect,
    line,
    words(Math.round(longest) + 8, y + BAR - 2, says, { size: 12 }),
  ].join('\n')
}

function panel(section: Section, top: number): Drawn {
  const about = wrapped(section.about, CHARACTERS_A_LINE)
  const parts = [words(MARGIN, top + 18, section.title, { size: 16, bold: true })]
  for (const [at, line] of about.entries())
    parts.push(words(MARGIN, top + 38 + at * 16, line, { size: 12, colour: QUIET }))
  const first = top + 38 + about.length * 16
  const most = Math.max(...section.figures.map((figure) => figure.value.high))
  let y = first
  for (const [at, figure] of section.figures.entries()) {
    if (at > 0 && figure.block !== section.figures[at - 1]?.block) y += BLOCK_GAP
    parts.push(bar(figure, y, most))
    y += ROW
  }
  return { text: parts.join('\n'), height: y - top + 18 }
}

function legend(sections: readonly Section[], y: number): string {
  const used = new Set(sections.flatMap((section) => section.figures.map((figure) => figure.family)))
  let x = MARGIN
  const parts: string[] = []
  for (const family of used) {
    parts.push(`<rect x="${x}" y="${y - 10}" width="12" height="12" rx="2" fill="${COLOURS[family]}"/>`)
    parts.push(words(x + 18, y, FAMILIES[family], { size: 12 }))
    x += 44 + FAMILIES[family].length * 6.6
  }
  parts.push(words(Math.round(x), y, 'thin line: lowest to highest round', { size: 12, colour: QUIET }))
  return parts.join('\n')
}

/** The report as a picture: plain shapes and the reader's own fonts, nothing fetched. */
export function svgReport({ title, facts, sections }: Report): string {
  const parts = [words(MARGIN, 40, title, { size: 22, bold: true })]
  const lines = wrapped(
    facts.map((fact) => `${fact.name}: ${fact.text}`).join('  \u00B7  '),
    CHARACTERS_A_LINE,
  )
  for (const [at, line] of lines.entries())
    parts.push(words(MARGIN, 64 + at * 16, line, { size: 12, colour: QUIET }))
  let y = 64 + lines.length * 16 + 12
  parts.push(legend(sections, y))
  y += 20
  for (const section of sections) {
    const drawn = panel(section, y)
    parts.push(drawn.text)
    y += drawn.height
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img" font-family="system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${y}" fill="#ffffff"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n')
}
