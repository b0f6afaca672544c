import { runEndedBySchema, runStateSchema } from '@holdfast/shared/records/run'
import { expect, test } from 'vitest'
import { standingOf, type Standing } from './standing.ts'

const LIVE = ['attempt', 'starting', 'running']
const SITUATIONS = runStateSchema.options.flatMap((state) =>
  [null, ...runEndedBySchema.options].flatMap((endedBy) =>
    [true, false].flatMap((isNewest) =>
      [true, false].map((isAlone) => ({ state, endedBy, isNewest, isAlone })),
    ),
  ),
)

/** As the rule is told to people. */
function told({ state, endedBy, isNewest, isAlone }: (typeof SITUATIONS)[number]): Standing {
  if (LIVE.includes(state)) return 'live'
  const hasItsPlace = isNewest && isAlone
  if (hasItsPlace && endedBy === 'report') return 'closed'
  const mayGoOn = state === 'interrupted' && (endedBy === 'lease' || endedBy === 'holder')
  return hasItsPlace && mayGoOn ? 'lapsed' : 'lost'
}

test.each(SITUATIONS)('[RU5] $state by $endedBy, newest $isNewest, alone $isAlone', (situation) => {
  expect(standingOf(situation)).toBe(told(situation))
})
