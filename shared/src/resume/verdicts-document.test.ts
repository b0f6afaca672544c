import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DECISION_TABLE } from './contract/decision-table.ts'
import { REASON_TEXTS } from './reason-texts.ts'
import { REASONS, type Reason } from './reasons.ts'
import { CHECK_IDS } from './verdict.ts'

const DOCUMENT = readFileSync(new URL('../../../docs/VERDICTS.md', import.meta.url), 'utf8')

/** The text below a heading, up to the next one of the same or a higher level. */
function sectionOf(heading: string): string {
  const level = /^#+/.exec(heading)?.[0].length ?? 0
  const lines = DOCUMENT.split('\n')
  const start = lines.indexOf(heading)
  if (start < 0) return ''
  const rest = lines.slice(start + 1)
  const end = rest.findIndex((line) => new RegExp(`^#{1,${level}} `).test(line))
  return rest
    .slice(0, end < 0 ? undefined : end)
    .join('\n')
    .trim()
}

/** The rows of the first table in a text, without its head, cell by cell. */
const rowsIn = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    )

test('[RV2] docs/VERDICTS.md shows the table that the judge is held against, in its order', () => {
  const expected = DECISION_TABLE.map(({ found, check, reason, status, auto, person }, index) => [
    String(index + 1),
    found,
    `\`${check}\``,
    `\`${status}\``,
    `\`${reason}\``,
    auto,
    person,
  ])
  expect(rowsIn(sectionOf('## How it is decided'))).toEqual(expected)
})

test('[RV3] docs/VERDICTS.md explains every check, in the order of the answer', () => {
  expect(rowsIn(sectionOf('## The checks')).map(([id]) => id)).toEqual(CHECK_IDS.map((id) => `\`${id}\``))
})

test('[RV9] docs/VERDICTS.md explains every reason, and no other', () => {
  const headings = sectionOf('## The reasons')
    .split('\n')
    .filter((line) => line.startsWith('### '))
  expect(headings).toEqual(REASONS.map((reason) => `### \`${reason}\``))
})

test.each(REASONS)('[RV9] docs/VERDICTS.md says what the product says of %s', (reason: Reason) => {
  const { title, happened, why, todo } = REASON_TEXTS[reason]
  expect(sectionOf(`### \`${reason}\``)).toBe(
    `**${title}.** ${happened}\n\nWhy it matters: ${why}\n\nWhat to do: ${todo}`,
  )
})

test.each(REASONS)('[RV9] the texts of %s are whole sentences', (reason: Reason) => {
  const { title, happened, why, todo } = REASON_TEXTS[reason]
  expect(title).toMatch(/^[A-Z][a-z -]+$/)
  for (const oneSentence of [happened, todo]) expect(oneSentence).toMatch(/^[A-Z][^.!?]+\.$/)
  expect(why).toMatch(/^[A-Z].*\.$/)
})
