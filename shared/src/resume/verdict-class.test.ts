import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { arbitraryFacts } from './contract/arbitrary-facts.ts'
import { SAFE, SAFE_TOKEN } from './contract/cases.ts'
import type { Hold, ResumeFacts, TokenFacts } from './facts.ts'
import { judge } from './judge.ts'
import { verdictClass } from './verdict-class.ts'

const withToken = (token: Partial<TokenFacts>): ResumeFacts => ({
  ...SAFE,
  token: { ...SAFE_TOKEN, ...token },
})

const tokenless = { ...SAFE, token: null }
const hold: Hold = { runId: 'run', session: 'session-b', since: 1, contended: false }

test.each<[string, ResumeFacts, string, string | null]>([
  ['nothing against it', SAFE, 'resumable', null],
  ['whoever asks', { ...SAFE, claimant: { machineId: 'm2', runtimeId: null } }, 'resumable', null],
  ['a caution', withToken({ lastRun: null }), 'at_risk', 'run_missing'],
  ['not known', { ...SAFE, directory: { state: 'unknown', at: null } }, 'at_risk', 'directory_unknown'],
  ['a failed check', { ...SAFE, directory: { state: 'absent', at: 1 } }, 'lost', 'directory_absent'],
  ['cleared', { ...tokenless, clearedAt: 1 }, 'lost', 'token_cleared'],
  ['damaged', { ...tokenless, tokenDamaged: true }, 'lost', 'token_damaged'],
  ['never a token', tokenless, 'none', 'no_token'],
  ['an agent that keeps none', { ...tokenless, flavor: 'dsh' }, 'none', 'no_token'],
  ['unknown agent', { ...tokenless, flavor: 'gpt-shell' }, 'none', 'unknown_flavor'],
  ['no agent', { ...tokenless, flavor: null }, 'none', 'unknown_flavor'],
  ['unknown agent, cleared', { ...tokenless, flavor: null, clearedAt: 1 }, 'lost', 'unknown_flavor'],
  ['held', { ...SAFE, held: hold }, 'running', 'run_in_progress'],
  ['held, and no token yet', { ...tokenless, held: hold }, 'running', 'run_in_progress'],
  ['held, unknown agent', { ...tokenless, flavor: null, held: hold }, 'running', 'run_in_progress'],
  ['in use by another session', withToken({ heldElsewhere: hold }), 'running', 'run_in_progress'],
  [
    'quarantined, and in use by another session',
    withToken({ proof: 'quarantined', heldElsewhere: hold }),
    'lost',
    'token_quarantined',
  ],
])('[RV1] the class of a session: %s', (_what, facts, expected, reason) => {
  expect(verdictClass(facts)).toEqual({ class: expected, reason })
})

test('[RV1] a class agrees with what a person gets who resumes where the token was made', () => {
  fc.assert(
    fc.property(arbitraryFacts, (facts) => {
      const { decision, reason } = judge({ ...facts, claimant: null }, 'operator')
      const classed = verdictClass(facts)
      expect(classed.class === 'resumable').toBe(decision === 'resume')
      expect(classed.class === 'at_risk').toBe(decision === 'confirm')
      expect(classed.reason).toBe(facts.held === null ? (reason ?? null) : 'run_in_progress')
    }),
    { numRuns: 3_000 },
  )
})
