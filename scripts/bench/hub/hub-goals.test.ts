import { expect, test } from 'vitest'
import type { Runtime } from '../variant.ts'
import { hubGoals, FEW_SESSIONS, MANY_SESSIONS, MANY_SOCKETS } from './hub-goals.ts'
import { idleName } from './run-idle.ts'
import { startSections, type Measured } from './start-sections.ts'
import { patchesGroup, replacesGroup, sessionsGroup } from './write-groups.ts'

const RUNTIMES = ['node', 'bun'] as const
const GROUPS = [
  ...RUNTIMES.flatMap((runtime) => [patchesGroup(runtime, true), replacesGroup(runtime, true)]),
  sessionsGroup([FEW_SESSIONS, MANY_SESSIONS]),
]

function measuredOn(runtime: Runtime): Measured {
  const times = [1]
  const time = { milliseconds: times, cpuMicros: { user: 1, system: 1 } }
  return {
    runtime,
    seconds: times,
    reads: { page: times, common: times, rare: times, census: times },
    census: { counts: time, grouped: time, changes: { triggers: time, index: time, nothing: time } },
  }
}

const STARTED = startSections(RUNTIMES.map(measuredOn), MANY_SESSIONS).flatMap(({ figures }) =>
  figures.map(({ name }) => name),
)

test('every goal is about something that a whole run measures', () => {
  const compared = GROUPS.flatMap(({ members }) =>
    members.flatMap(({ variant, against }) => against.map(({ word }) => `${variant.name}: ${word}`)),
  )
  const alone = [...STARTED, ...RUNTIMES.map((runtime) => idleName(MANY_SOCKETS, runtime))]
  for (const { figure, ratio } of hubGoals(RUNTIMES))
    expect(ratio === null ? alone : compared).toContain(ratio === null ? figure : `${figure}: ${ratio}`)
})

test('what a member is held against is measured beside it, and no two of a group are named alike', () => {
  for (const { members } of GROUPS) {
    const names = members.map(({ variant }) => variant.name)
    expect(new Set(names).size).toBe(names.length)
    for (const { against } of members) for (const { name } of against) expect(names).toContain(name)
  }
  expect(new Set(STARTED).size).toBe(STARTED.length)
})

test('without the peer hub nothing is held against it', () => {
  const members = RUNTIMES.flatMap((runtime) => [
    ...patchesGroup(runtime, false).members,
    ...replacesGroup(runtime, false).members,
  ])
  expect(members.filter(({ variant }) => variant.server === 'peer')).toEqual([])
  expect(members.flatMap(({ against }) => against.filter(({ word }) => word.includes('peer')))).toEqual([])
})
