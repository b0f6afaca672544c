import { sessionEndReason } from '@holdfast/shared/protocol/up/session-end'
import { expect, test } from 'vitest'
import { implicitOutcome } from './implicit-outcome.ts'

const THINKING = [true, false, null] as const
const KILLED = [true, false] as const

/** Every reason, with whether a kill was asked for, and what the last alive said of thinking. */
const ALL = [...sessionEndReason.options, undefined].flatMap((reason) =>
  KILLED.flatMap((wasKillAsked) =>
    THINKING.map((wasThinking) => ({ reason, wasKillAsked, wasThinking }) as const),
  ),
)

test('[RU2] what a client says of the end is the outcome, whatever else is known', () => {
  const plain = { completed: 'success', cleared: 'success', handoff: 'success', error: 'failed' }
  for (const end of ALL) {
    if (end.reason === undefined || end.reason === 'terminated') continue
    expect([end, implicitOutcome(end)]).toEqual([end, plain[end.reason]])
  }
})

test('[RU2] terminated is cancelled where somebody asked for it through the hub, and interrupted otherwise', () => {
  for (const end of ALL.filter(({ reason }) => reason === 'terminated'))
    expect([end, implicitOutcome(end)]).toEqual([end, end.wasKillAsked ? 'cancelled' : 'interrupted'])
})

test('[RU2] without a reason it is success only where the last word said that it does not think', () => {
  for (const end of ALL.filter(({ reason }) => reason === undefined))
    expect([end, implicitOutcome(end)]).toEqual([end, end.wasThinking === false ? 'success' : 'interrupted'])
})

test('[RU2] the table is whole: 6 ends, asked for or not, after each last word', () => {
  expect(ALL.length).toBe(36)
})
