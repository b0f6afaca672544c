import type { RunRecord } from '@holdfast/shared/records/run'
import type { TokenRecord } from '@holdfast/shared/records/token'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Store } from '../store.ts'
import { ResumeWorld, resumeStep } from './random-resumes.ts'
import { allPages, runsOf, tokensOf, type OpenStore } from './test-store.ts'

/** Where a live run may be writing: its session, and every conversation that it may be in. */
interface Whereabouts {
  readonly run: RunRecord
  readonly conversations: readonly Pick<TokenRecord, 'flavor' | 'value' | 'machineId'>[]
}

async function whereabouts(store: Store, namespace: string): Promise<readonly Whereabouts[]> {
  const live = await allPages((cursor) => store.liveRuns({ limit: 100, cursor }))
  return Promise.all(
    live
      .filter((each) => each.namespace === namespace)
      .map(async ({ run }) => ({ run, conversations: await conversationsOf(store, namespace, run) })),
  )
}

async function conversationsOf(
  store: Store,
  namespace: string,
  run: RunRecord,
): Promise<Whereabouts['conversations']> {
  const { flavor, token, machineId } = run
  if (run.kind !== 'implicit')
    return flavor === null || token === null ? [] : [{ flavor, value: token, machineId }]
  const had = await tokensOf(store, { namespace, session: run.session })
  return had.filter(({ left, flavor: of }) => left === 'no' && (flavor === null || of === flavor))
}

function meet(one: Whereabouts, other: Whereabouts): boolean {
  if (one.run.session === other.run.session) return true
  return one.conversations.some((mine) =>
    other.conversations.some(
      (theirs) =>
        mine.flavor === theirs.flavor &&
        mine.value === theirs.value &&
        (mine.machineId === null || theirs.machineId === null || mine.machineId === theirs.machineId),
    ),
  )
}

const isExclusive = ({ run }: Whereabouts): boolean => run.kind === 'claimed' || run.kind === 'resume'

export function runExclusionContract(name: string, open: OpenStore): void {
  describe(`${name}: who is beside whom`, () => {
    test('[RU7][ME13] whatever happens, live runs that meet are marked, and one session has one claim', async () => {
      await using store = await open()
      let worlds = 0
      const property = fc.asyncProperty(
        fc.array(resumeStep, { minLength: 20, maxLength: 50, size: 'max' }),
        async (steps) => {
          worlds += 1
          const world = new ResumeWorld(store, `world-${worlds}`)
          await world.open()
          for (const step of steps) {
            await world.take(step)
            const live = await whereabouts(store, world.namespace)
            const unmarked = live.filter(
              (one) => !one.run.contended && live.some((other) => other !== one && meet(one, other)),
            )
            expect(unmarked).toEqual([])
            const claims = live.filter(isExclusive).map(({ run }) => run.session)
            expect(new Set(claims).size).toBe(claims.length)
          }
          for (const { id } of (await whereabouts(store, world.namespace)).map(({ run }) => run))
            await store.endRuns({
              runs: [{ namespace: world.namespace, run: id }],
              outcome: 'interrupted',
              endedBy: 'lease',
            })
        },
      )
      await fc.assert(property, { numRuns: 40 })
      expect(worlds).toBeGreaterThan(1)
    })

    test('[RU5] whatever happens, a run that ended by its own word stays as it ended', async () => {
      await using store = await open()
      let worlds = 0
      const property = fc.asyncProperty(
        fc.array(resumeStep, { minLength: 20, maxLength: 50, size: 'max' }),
        async (steps) => {
          worlds += 1
          const world = new ResumeWorld(store, `world-${worlds}`)
          await world.open()
          const ended = new Map<string, Pick<RunRecord, 'state' | 'endedAt' | 'endedBy' | 'reason'>>()
          for (const step of steps) {
            await world.take(step)
            const runs = await Promise.all([...world.sessions.values()].map((key) => runsOf(store, key)))
            for (const { id, state, endedAt, endedBy, reason } of runs.flat()) {
              const before = ended.get(id)
              const end = { state, endedAt, endedBy, reason }
              expect(before ?? end).toEqual(end)
              if (endedBy === 'report' || endedBy === 'hub' || endedBy === 'client') ended.set(id, end)
            }
          }
        },
      )
      await fc.assert(property, { numRuns: 30 })
      expect(worlds).toBeGreaterThan(1)
    })
  })
}
