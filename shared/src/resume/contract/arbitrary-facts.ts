import * as fc from 'fast-check'
import { runOutcomeSchema } from '../../records/run.ts'
import { tokenProofSchema } from '../../records/token.ts'
import { directoryStateSchema, transcriptStateSchema } from '../evidence.ts'
import type { ResumeFacts, TokenFacts } from '../facts.ts'
import { TOKEN } from './cases.ts'

/** Few names, so that the same one turns up on both sides; and any text at all, as it may come from outside. */
const name = fc.oneof(fc.constantFrom('a', 'b', 'c'), fc.string({ unit: 'binary', maxLength: 100 }))
const time = fc.maxSafeInteger()
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })

const hold = fc.record({ runId: name, session: name, since: time, contended: fc.boolean() })

const token: fc.Arbitrary<TokenFacts> = fc.record({
  value: fc.constant(TOKEN),
  proof: fc.constantFrom(...tokenProofSchema.options),
  machineId: maybe(name),
  runtimeId: maybe(name),
  directory: maybe(name),
  at: time,
  transcript: fc.record({
    state: fc.constantFrom(...transcriptStateSchema.options),
    at: maybe(time),
    because: fc.constantFrom(null, 'config_dir_unusable', 'agent_rejected'),
  }),
  sharedWith: fc.array(name, { maxLength: 8 }),
  heldElsewhere: maybe(hold),
  lastRun: maybe(
    fc.record({
      runId: name,
      outcome: fc.constantFrom(...runOutcomeSchema.options),
      endedAt: time,
      reason: maybe(
        fc.oneof(fc.constant('identity_mismatch'), fc.constant(`no conversation ${TOKEN}`), name),
      ),
    }),
  ),
})

export const arbitraryFacts: fc.Arbitrary<ResumeFacts> = fc.record({
  session: name,
  flavor: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('claude', 'codex', 'dsh') },
    { weight: 1, arbitrary: maybe(name) },
    { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', 'toString', '') },
  ),
  held: fc.option(hold, { nil: null, freq: 1 }),
  token: fc.option(token, { nil: null, freq: 9 }),
  tokenDamaged: fc.boolean(),
  clearedAt: maybe(time),
  workDir: maybe(name),
  directory: fc.record({ state: fc.constantFrom(...directoryStateSchema.options), at: maybe(time) }),
  claimant: maybe(fc.record({ machineId: name, runtimeId: maybe(name) })),
})
