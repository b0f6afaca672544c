import { describe, expect, test } from 'vitest'
import { FoldedSessions } from './folded-sessions.ts'

function change(version: number, set: object = {}, removed: string[] = []) {
  return {
    seq: version,
    sid: 's',
    version,
    set: { ...set },
    removed,
    actor: { door: 'hub' } as const,
    at: 0,
  }
}

function folded(work: (sessions: FoldedSessions) => void) {
  const found: string[] = []
  const sessions = new FoldedSessions((kind) => found.push(kind))
  work(sessions)
  return { found, at: sessions.at('s') }
}

describe('sessions as a watcher folds them', () => {
  test('[FE1] fields are set and removed, one version after the other', () => {
    const { found, at } = folded((sessions) => {
      sessions.change(change(1, { a: 1, b: 2 }))
      sessions.change(change(2, { b: 3 }, ['a']))
    })
    expect([found, at]).toEqual([[], { version: 2, metadata: { b: 3 } }])
  })

  test('[FE1] a snapshot takes the place of what it holds, and changes that it holds are passed over', () => {
    const { found, at } = folded((sessions) => {
      sessions.change(change(1, { a: 1 }))
      sessions.snapshot('s', { version: 5, metadata: { a: 5 } })
      sessions.change(change(4, { a: 4 }))
      sessions.change(change(5, { a: 5 }))
      sessions.change(change(6, { b: 6 }))
    })
    expect([found, at]).toEqual([[], { version: 6, metadata: { a: 5, b: 6 } }])
  })

  test('[FE1] a version that is missing is found', () => {
    expect(folded((sessions) => sessions.change(change(2))).found).toEqual(['gap'])
    const afterSnapshot = folded((sessions) => {
      sessions.snapshot('s', { version: 5, metadata: {} })
      sessions.change(change(7))
    })
    expect(afterSnapshot.found).toEqual(['gap'])
  })

  test('[VE9] a version that comes a second time is found', () => {
    const { found } = folded((sessions) => {
      sessions.snapshot('s', { version: 5, metadata: {} })
      sessions.change(change(6))
      sessions.change(change(6))
    })
    expect(found).toEqual(['order'])
  })

  test('[VE9] a snapshot that is older than what was told is found', () => {
    const { found } = folded((sessions) => {
      sessions.change(change(1))
      sessions.change(change(2))
      sessions.snapshot('s', { version: 1, metadata: {} })
    })
    expect(found).toEqual(['order'])
  })
})
