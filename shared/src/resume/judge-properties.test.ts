import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { freezeJson } from '../client/freeze-json.ts'
import { arbitraryFacts } from './contract/arbitrary-facts.ts'
import { SAFE, SAFE_TOKEN, TOKEN } from './contract/cases.ts'
import { resumeFactsSchema, type Hold, type ResumeFacts, type TokenFacts } from './facts.ts'
import { judge } from './judge.ts'
import { CHECK_IDS, INTENTS, verdictSchema } from './verdict.ts'

const RUNS = { numRuns: 5_000 }

test('[RV1] for any facts there is a verdict of the right form, with every check once, in order', () => {
  fc.assert(
    fc.property(arbitraryFacts, fc.constantFrom(...INTENTS), (facts, intent) => {
      expect(resumeFactsSchema.safeParse(facts).success).toBe(true)
      const verdict = judge(facts, intent)
      expect(verdictSchema.safeParse(verdict).success).toBe(true)
      expect(verdict.checks.map(({ id }) => id)).toEqual(CHECK_IDS)
      expect(verdict.workDir).toBe(facts.workDir)
    }),
    RUNS,
  )
})

test('[RV1] the token is in the answer exactly where the decision is resume or confirm', () => {
  fc.assert(
    fc.property(arbitraryFacts, fc.constantFrom(...INTENTS), (facts, intent) => {
      const verdict = judge(facts, intent)
      const mayUse = verdict.decision === 'resume' || verdict.decision === 'confirm'
      expect('token' in verdict).toBe(mayUse)
      expect(verdict.token).toBe(mayUse ? TOKEN : undefined)
    }),
    RUNS,
  )
})

test('[RV10] no sentence of a verdict contains the token, not even one that an agent put into its last words', () => {
  fc.assert(
    fc.property(arbitraryFacts, fc.constantFrom(...INTENTS), (facts, intent) => {
      const { token: _handedOut, ...told } = judge(facts, intent)
      expect(JSON.stringify(told)).not.toContain(TOKEN.slice(0, 9))
    }),
    RUNS,
  )
})

test('[RV1] judging changes nothing, and the same facts are always judged alike', () => {
  fc.assert(
    fc.property(arbitraryFacts, fc.constantFrom(...INTENTS), (facts, intent) => {
      const before = structuredClone(facts)
      const first = judge(freezeJson(facts), intent)
      expect(facts).toEqual(before)
      expect(judge(before, intent)).toEqual(first)
    }),
    RUNS,
  )
})

const ranks = { resume: 3, confirm: 2, fresh: 1, blocked: 0 }

const hold: Hold = { runId: 'run', session: 'other', since: 1, contended: false }
const ended = { runId: 'run', endedAt: 1, reason: null }

/** Changes a token where it has one; what the change is may depend on what is there. */
const toToken = (change: (token: TokenFacts) => Partial<TokenFacts>) => (facts: ResumeFacts) =>
  facts.token === null ? facts : { ...facts, token: { ...facts.token, ...change(facts.token) } }

/** One more thing that speaks against a resume, or a worse one in place of a better one. */
const WORSE: readonly ((facts: ResumeFacts) => ResumeFacts)[] = [
  (facts) => ({ ...facts, flavor: 'gpt-shell' }),
  (facts) => ({ ...facts, flavor: null }),
  (facts) => ({ ...facts, held: hold }),
  (facts) => ({ ...facts, token: null }),
  (facts) => ({ ...facts, directory: { state: 'absent', at: 1 } }),
  (facts) =>
    facts.directory.state === 'present' ? { ...facts, directory: { state: 'unknown', at: 1 } } : facts,
  (facts) =>
    facts.token?.machineId === null
      ? facts
      : { ...facts, claimant: { machineId: 'm-other', runtimeId: 'r-other' } },
  toToken(() => ({ proof: 'quarantined' })),
  toToken(({ proof }) => (proof === 'confirmed' ? { proof: 'provisional' } : {})),
  toToken(({ sharedWith }) => ({ sharedWith: [...sharedWith, 'one-more'] })),
  toToken(() => ({ heldElsewhere: hold })),
  toToken(() => ({ transcript: { state: 'absent', at: 1, because: null } })),
  toToken(() => ({ transcript: { state: 'ambiguous', at: 1, because: null } })),
  toToken(({ transcript }) =>
    transcript.state === 'present' ? { transcript: { state: 'unknown', at: 1, because: null } } : {},
  ),
  toToken(() => ({ lastRun: null })),
  toToken(() => ({ lastRun: { ...ended, outcome: 'interrupted' } })),
  toToken(() => ({ lastRun: { ...ended, outcome: 'cancelled' } })),
  toToken(() => ({ lastRun: { ...ended, outcome: 'failed' } })),
  toToken(() => ({ runtimeId: null })),
]

test('[RV2] one more thing against a resume never makes the decision better', () => {
  fc.assert(
    fc.property(
      arbitraryFacts,
      fc.constantFrom(...WORSE),
      fc.constantFrom(...INTENTS),
      (facts, worsen, intent) => {
        const before = judge(facts, intent).decision
        const after = judge(worsen(facts), intent).decision
        expect(ranks[after]).toBeLessThanOrEqual(ranks[before])
      },
    ),
    { numRuns: 20_000 },
  )
})

test('[RV2] each of these by itself makes the decision for a person worse than a resume', () => {
  const safe: ResumeFacts = { ...SAFE, token: SAFE_TOKEN }
  expect(judge(safe, 'operator').decision).toBe('resume')
  for (const worsen of WORSE) expect(judge(worsen(safe), 'operator').decision).not.toBe('resume')
})

test('[RV2] a program is never asked, gets never more than a person, and both are told the same reason', () => {
  const pairs = ['resume resume', 'resume confirm', 'fresh confirm', 'fresh fresh', 'blocked blocked']
  fc.assert(
    fc.property(arbitraryFacts, (facts) => {
      const auto = judge(facts, 'auto')
      const person = judge(facts, 'operator')
      expect(pairs).toContain(`${auto.decision} ${person.decision}`)
      expect(auto.reason).toBe(person.reason)
      expect(auto.checks).toEqual(person.checks)
    }),
    RUNS,
  )
})
