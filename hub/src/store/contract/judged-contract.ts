import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Judged, LiveRun } from '../run-store.ts'
import type { SessionKey, Store } from '../store.ts'
import { ResumeWorld, resumeStep } from './random-resumes.ts'
import { claimed, completed, implicit, proven, reported, RESUMABLE } from './test-runs.ts'
import { ACTOR, born, patched, read, type OpenStore } from './test-store.ts'

/** What is told of a commit is told in a later turn. */
const told = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** What of a session's resume is shown. */
function shown({ facts, verdict }: Pick<Judged, 'facts' | 'verdict'>): object {
  const { flavor, token, directory } = facts
  const seen =
    token === null ? null : { value: token.value, proof: token.proof, transcript: token.transcript }
  return { flavor, token: seen, directory, verdict }
}

async function stored(store: Store, key: SessionKey): Promise<object> {
  const [facts, { verdict }] = [await store.readFacts(key), await read(store, key)]
  if (facts === null) throw new Error('The session is not there.')
  return shown({ facts, verdict })
}

/** What was told last of each session, and of how many sessions each time. */
class Ear {
  readonly newest = new Map<string, Judged>()
  readonly counts: number[] = []

  constructor(store: Store) {
    store.onJudged((judged) => {
      this.counts.push(judged.length)
      for (const one of judged) this.newest.set(JSON.stringify([one.namespace, one.session]), one)
    })
  }

  of({ namespace, session }: SessionKey): object | null {
    const judged = this.newest.get(JSON.stringify([namespace, session]))
    return judged === undefined ? null : shown(judged)
  }
}

export function judgedContract(name: string, open: OpenStore): void {
  describe(`${name}: who listens to what counts for a resume`, () => {
    test('[WI6] whatever happens, knows of every session what is stored', async () => {
      await using store = await open()
      const ear = new Ear(store)
      let worlds = 0
      await fc.assert(
        fc.asyncProperty(fc.array(resumeStep, { minLength: 8, maxLength: 30 }), async (steps) => {
          worlds += 1
          const world = new ResumeWorld(store, `judged-${worlds}`)
          await world.open()
          for (const step of steps) {
            await world.take(step)
            await told()
            for (const key of world.sessions.values()) {
              const heard = ear.of(key)
              expect(heard).toEqual(heard === null ? null : await stored(store, key))
              // A session that never had anything to judge was told of to nobody.
              expect(heard !== null || (await read(store, key)).verdict.class === 'none').toBe(true)
            }
          }
        }),
        { numRuns: 60 },
      )
    })

    test('[WI6] hears of a look, with what was seen and when, also where it finds what was known', async () => {
      await using store = await open()
      const key = await proven(store, 'a')
      await told()
      const ear = new Ear(store)
      const look = { ...key, flavor: 'claude', token: 't1', directory: 'present' } as const
      await store.noteEvidence(look)
      await told()
      expect(ear.counts).toEqual([1])
      expect(ear.of(key)).toEqual(await stored(store, key))
    })

    test('[WI6] [SE2] hears nothing of a refusal, of what changes nothing, and of what does not count', async () => {
      await using store = await open()
      const key = await proven(store, 'a')
      await told()
      const ear = new Ear(store)
      await store.noteEvidence({ ...key, flavor: 'claude', token: 'another', directory: 'absent' })
      await store.patchSessionMetadata({ ...key, actor: ACTOR, patch: 'no object' })
      await patched(store, key, { name: 'x' })
      await store.patchSessionMetadata({ ...key, actor: ACTOR, patch: { path: '/work' } })
      await told()
      expect(ear.counts).toEqual([])
    })

    test('[WI6] [VE6] hears once of writes that are committed together, and of the last one', async () => {
      await using store = await open()
      const key = await proven(store, 'a')
      await told()
      const ear = new Ear(store)
      const look = { ...key, flavor: 'claude', token: 't1' }
      const order: string[] = []
      store.onJudged(() => order.push('told'))
      await Promise.all(
        (['absent', 'present', 'absent'] as const).map(async (directory) => {
          await store.noteEvidence({ ...look, directory })
          order.push('answered')
        }),
      )
      await told()
      expect(order).toEqual(['answered', 'answered', 'answered', 'told'])
      expect(ear.counts).toEqual([1])
      expect(ear.of(key)).toMatchObject({ directory: { state: 'absent' }, verdict: { class: 'lost' } })
    })

    test('[WI6] is called no more once it has stopped to listen', async () => {
      await using store = await open()
      const heard: unknown[] = []
      const stop = store.onJudged((judged) => heard.push(judged))
      stop()
      await proven(store, 'a')
      await told()
      expect(heard).toEqual([])
    })
  })

  describe(`${name}: who listens to contention`, () => {
    test('[ME13] [RU7] hears of the runs that a write of fields brings together', async () => {
      await using store = await open()
      const heard: LiveRun[] = []
      store.onContended((runs) => void heard.push(...runs))
      const { run: first } = await claimed(store, 'a')
      await reported(store, first.id, 't1')
      const key = await born(store, { ...RESUMABLE, claudeSessionId: 't2' })
      const { run: second } = await implicit(store, key)
      await patched(store, key, { name: 'x', claudeSessionId: 't3' })
      await told()
      expect(heard).toEqual([])
      await patched(store, key, { claudeSessionId: 't1' })
      await told()
      expect(heard.map(({ run }) => [run.id, run.contended]).toSorted()).toEqual(
        [
          [first.id, true],
          [second.id, true],
        ].toSorted(),
      )
      await completed(store, first.id)
    })
  })
}
