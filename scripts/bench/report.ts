import { columnsFor, type Column } from './columns.ts'
import type { Fact } from './environment.ts'
import type { Section } from './figure.ts'
import type { Judged } from './goal.ts'

export interface Report {
  readonly title: string
  readonly facts: readonly Fact[]
  readonly goals: readonly Judged[]
  readonly sections: readonly Section[]
}

const GOALS = 'Speed to reach'
const GOAL_COLUMNS = ['what', 'measured', 'floor', 'aim', ''] as const
const GOAL_ALIGN = ['left', 'right', 'right', 'right', 'left'] as const

type Row = readonly string[]
type Align = Column['align']

function goalRow({ what, measured, floor, aim, verdict }: Judged): Row {
  return [what, measured, floor, aim, verdict]
}

function columnsOf({ sections }: Report): readonly Column[] {
  return columnsFor(sections.flatMap((section) => section.figures))
}

/** Columns in line, numbers to the right. */
function aligned(rows: readonly Row[], align: readonly Align[]): string[] {
  const widths = align.map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)))
  return rows.map((row) =>
    row
      .map((cell, at) =>
        align[at] === 'left' ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
}

/** For the terminal. */
export function textReport(report: Report): string {
  const { title, facts, goals, sections } = report
  const wide = Math.max(...facts.map((fact) => fact.name.length))
  const head = facts.map((fact) => `  ${fact.name.padEnd(wide)}  ${fact.text}`)
  const columns = columnsOf(report)
  const [, ...titles] = columns.map((column) => column.title)
  const tables = sections.map((section) => [
    [section.title, ...titles],
    ...section.figures.map((figure) => columns.map((column) => column.cell(figure))),
  ])
  const lines = aligned(
    tables.flat(),
    columns.map((column) => column.align),
  )
  const body = tables.flatMap((table) => ['', ...lines.splice(0, table.length)])
  const [, ...goalTitles] = GOAL_COLUMNS
  const goalLines =
    goals.length === 0 ? [] : ['', ...aligned([[GOALS, ...goalTitles], ...goals.map(goalRow)], GOAL_ALIGN)]
  return [title, ...head, ...body, ...goalLines, ''].join('\n')
}

function markdownTable(titles: Row, align: readonly Align[], rows: readonly Row[]): string[] {
  return [
    `| ${titles.join(' | ')} |`,
    `|${align.map((side) => (side === 'left' ? '---' : '--:')).join('|')}|`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ]
}

/** The same as a document. `picture` is the name of the file with the picture beside it. */
export function markdownReport(report: Report, picture: string): string {
  const { title, facts, goals, sections } = report
  const columns = columnsOf(report)
  const head = [
    `# ${title}`,
    '',
    'Written whole by the program that measured it: change nothing here by hand.',
    '',
    ...facts.map((fact) => `- ${fact.name}: ${fact.text}`),
    '',
    ...columns.flatMap(({ explains }) => (explains === undefined ? [] : [`- ${explains}`])),
  ]
  const goalTable =
    goals.length === 0
      ? []
      : ['', `## ${GOALS}`, '', ...markdownTable(GOAL_COLUMNS, GOAL_ALIGN, goals.map(goalRow))]
  const body = sections.flatMap((section) => [
    '',
    `## ${section.title}`,
    '',
    section.about,
    '',
    ...markdownTable(
      columns.map((column) => column.title),
      columns.map((column) => column.align),
      section.figures.map((figure) => columns.map((column) => column.cell(figure))),
    ),
  ])
  return [...head, ...goalTable, '', `![${title}](${picture})`, ...body, ''].join('\n')
}
