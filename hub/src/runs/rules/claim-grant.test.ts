import { DECISIONS, INTENTS, type Check, type Verdict } from '@holdfast/shared/resume/verdict'
import { describe, expect, test } from 'vitest'
import { grantOf } from './claim-grant.ts'

const checks: Check[] = [
  { id: 'machine', status: 'caution', reason: 'machine_changed', message: 'm' },
  { id: 'runtime', status: 'unknown', reason: 'runtime_unknown', message: 'm' },
  { id: 'lease', status: 'pass', message: 'm' },
]

function verdict(decision: Verdict['decision'], token?: string): Verdict {
  return { decision, message: 'm', workDir: null, checks, ...(token === undefined ? {} : { token }) }
}

describe('what a claim is given', () => {
  const all = ['machine', 'runtime']

  test('[RU4] the token where the verdict is resume, for anybody', () => {
    for (const intent of INTENTS)
      expect(grantOf(verdict('resume', 't1'), intent, [])).toEqual({ kind: 'token', token: 't1' })
  })

  test('[RU4] nothing where it is fresh or blocked, whatever is accepted', () => {
    for (const intent of INTENTS) {
      for (const decision of ['fresh', 'blocked'] as const)
        expect(grantOf(verdict(decision, 't1'), intent, all)).toEqual({ kind: 'fresh' })
      for (const decision of DECISIONS)
        expect(grantOf(verdict(decision), intent, all)).toEqual({ kind: 'fresh' })
    }
  })

  test('[RU4] where a person is asked, all that was found must be accepted, and by a person', () => {
    const asked = verdict('confirm', 't1')
    expect(grantOf(asked, 'operator', all)).toEqual({ kind: 'token', token: 't1' })
    expect(grantOf(asked, 'operator', [...all, 'nonsense'])).toEqual({ kind: 'token', token: 't1' })
    for (const accepted of [[], ['machine'], ['runtime'], ['lease', 'token'], ['MACHINE', 'runtime']])
      expect(grantOf(asked, 'operator', accepted)).toEqual({ kind: 'unconfirmed' })
    expect(grantOf(asked, 'auto', all)).toEqual({ kind: 'unconfirmed' })
  })
})
