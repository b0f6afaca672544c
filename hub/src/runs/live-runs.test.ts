import type { RunRecord } from '@holdfast/shared/records/run'
import { describe, expect, test } from 'vitest'
import { LiveRuns } from './live-runs.ts'

function run(id: string, more: Partial<RunRecord> = {}): { namespace: string; run: RunRecord } {
  return {
    namespace: 'default',
    run: {
      id,
      session: 's',
      kind: 'claimed',
      state: 'running',
      flavor: 'claude',
      token: null,
      machineId: 'm',
      runtimeId: null,
      directory: null,
      holder: null,
      contended: false,
      startedAt: 1,
      endedAt: null,
      endedBy: null,
      reason: null,
      ...more,
    },
  }
}

const S = { namespace: 'default', session: 's' }
const ids = (live: LiveRuns, session = S): string[] => live.inSession(session).map(({ id }) => id)

describe('the live runs', () => {
  test('[WI6] are found by id and by session, the newest first, as they were noted last', () => {
    const live = new LiveRuns()
    live.note(run('a'))
    live.note(run('b', { startedAt: 2 }))
    live.note(run('a', { contended: true }))
    expect(ids(live)).toEqual(['b', 'a'])
    expect(live.get({ namespace: 'default', run: 'a' })?.contended).toBe(true)
    expect([...live.sessions('default')]).toEqual(['s'])
  })

  test('[RU1] one that is over is not among them, and leaves nothing behind', () => {
    const live = new LiveRuns()
    for (const state of ['success', 'failed', 'cancelled', 'interrupted', 'withdrawn'] as const) {
      live.note(run('a'))
      live.note(run('a', { state }))
      expect([ids(live), live.get({ namespace: 'default', run: 'a' })]).toEqual([[], null])
    }
    expect([...live.sessions('default')]).toEqual([])
  })

  test('[OP2] are counted by kind', () => {
    const live = new LiveRuns()
    live.note(run('a'))
    live.note(run('a'))
    live.note(run('b', { kind: 'implicit' }))
    live.note(run('c', { kind: 'resume', state: 'attempt' }))
    expect(live.counts).toEqual({ claimed: 1, registered: 0, implicit: 1, resume: 1 })
    live.note(run('c', { kind: 'resume', state: 'withdrawn' }))
    live.forget({ namespace: 'default', run: 'a' })
    live.forget({ namespace: 'default', run: 'a' })
    expect(live.counts).toEqual({ claimed: 0, registered: 0, implicit: 1, resume: 0 })
  })

  test('[SE2] those of another namespace are apart', () => {
    const live = new LiveRuns()
    live.note(run('a'))
    live.note({ ...run('a', { startedAt: 9 }), namespace: 'other' })
    live.forget({ namespace: 'other', run: 'a' })
    expect(ids(live)).toEqual(['a'])
    expect(ids(live, { ...S, namespace: 'other' })).toEqual([])
  })
})
