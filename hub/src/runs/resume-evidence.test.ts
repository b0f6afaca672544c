import type { TranscriptState } from '@holdfast/shared/resume/evidence'
import type { ResumeFacts } from '@holdfast/shared/resume/facts'
import { describe, expect, test } from 'vitest'
import type { Look } from './evidence-questions.ts'
import { asSeenNow, notable } from './resume-evidence.ts'

const STATES: readonly TranscriptState[] = ['present', 'absent', 'ambiguous', 'unknown']

function look(state: TranscriptState, more: Partial<Look> = {}): Look {
  return { transcript: { state, because: null }, directory: 'unknown', runtimeId: null, ...more }
}

function facts(state: TranscriptState): ResumeFacts {
  const token = {
    value: 't',
    proof: 'confirmed' as const,
    machineId: 'm',
    runtimeId: 'r',
    directory: '/d',
    at: 1,
    sharedWith: [],
    heldElsewhere: null,
    lastRun: null,
    transcript: { state, at: 5, because: null },
  }
  const directory = { state: 'present' as const, at: 5 }
  return {
    session: 's',
    flavor: 'f',
    held: null,
    token,
    tokenDamaged: false,
    clearedAt: null,
    workDir: '/d',
    directory,
    claimant: null,
  }
}

describe('what a look is worth', () => {
  test('[RV6] that somebody looked and learned nothing is not kept', () => {
    expect(notable(look('unknown'))).toBe(null)
    const because = { state: 'unknown', because: 'config_dir_unusable' } as const
    expect(notable(look('unknown', { transcript: because }))).toEqual({ transcript: because })
    expect(notable(look('unknown', { directory: 'absent' }))).toEqual({ directory: 'absent' })
    expect(notable(look('absent', { directory: 'present' }))).toEqual({
      transcript: { state: 'absent', because: null },
      directory: 'present',
    })
  })

  test.each(STATES)('[RV6] a transcript that was %s and can not be seen now', (state) => {
    const now = asSeenNow(facts(state), look('unknown', { directory: 'present' }), 9)
    const seen = { state, at: 5, because: null }
    expect(now.token?.transcript).toEqual(state === 'present' ? { ...seen, state: 'unknown', at: 9 } : seen)
    expect(now.directory).toEqual({ state: 'present', at: 5 })
  })

  test('[RV6] a directory that was there and can not be seen now is unknown', () => {
    const now = asSeenNow(facts('present'), look('present'), 9)
    expect(now.directory).toEqual({ state: 'unknown', at: 9 })
    expect(now.token?.transcript.state).toBe('present')
    expect(asSeenNow({ ...facts('present'), token: null }, look('unknown'), 9).token).toBe(null)
  })
})
