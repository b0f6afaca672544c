import type { Fact } from './environment.ts'
import { numberText, ratioText, type Figure, type Section } from './figure.ts'

export interface Report {
  readonly title: string
  readonly facts: readonly Fact[]
  readonly sections: readonly Section[]
}

const COLUMNS = ['', 'median', 'lowest to highest', 'CPU a write', 'held against'] as const

function cells(figure: Figure): string[] {
  const { value, unit, cpuMicros } = figure
  return [
    figure.name,
    `${numberText(value.median)} ${unit === 'ms' ? 'ms' : '/s'}`,
    `${numberText(value.low)} to ${numberText(value.high)}`,
    cpuMicros === null ? '' : `${numberText(cpuMicros.user)} + ${numberText(cpuMicros.system)} \u00B5s`,
    figure.ratios.map(ratioText).join(', '),
  ]
}

/** For the terminal: columns in line, numbers to the right. */
export function textReport({ title, facts, sections }: Report): string {
  const wide = Math.max(...facts.map((fact) => fact.name.length))
  const head = facts.map((fact) => `  ${fact.name.padEnd(wide)}  ${fact.text}`)
  const rows = sections.flatMap((section) => section.figures.map(cells))
  const widths = COLUMNS.map((column, at) =>
    Math.max(column.length, ...rows.map((row) => (row[at] ?? '').length)),
  )
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => {
        const width = widths[at] ?? 0
        return at === 0 || at === COLUMNS.length - 1 ? cell.padEnd(width) : cell.padStart(width)
      })
      .join('  ')
      .trimEnd()
  const body = sections.flatMap((section) => [
    '',
    line([section.title, ...COLUMNS.slice(1)]),
    ...section.figures.map((figure) => line(cells(figure))),
  ])
  return [title, ...head, ...body, ''].join('\n')
}

/** The same as a document. `picture` is the name of the file with the picture beside it. */
export function markdownReport({ title, facts, sections }: Report, picture: string): string {
  const head = [
    `# ${title}`,
    '',
    'Written whole by the program that measured it: change nothing here by hand.',
    '',
    ...facts.map((fact) => `- ${fact.name}: ${fact.text}`),
    '',
    'The median of the rounds, the lowest and the highest of them, and the processor time of one write (user + system,',
    'all threads of its process). A ratio is the median of the ratios of rounds that were run next to each other.',
    '',
    `![${title}](${picture})`,
  ]
  const body = sections.flatMap((section) => [
    '',
    `## ${section.title}`,
    '',
    section.about,
    '',
    `| ${['what', ...COLUMNS.slice(1)].join(' | ')} |`,
    '|---|--:|--:|--:|---|',
    ...section.figures.map((figure) => `| ${cells(figure).join(' | ')} |`),
  ])
  return [...head, ...body, ''].join('\n')
}
