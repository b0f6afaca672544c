import type { Hold, ResumeFacts, TokenFacts } from '../facts.ts'
import type { Found } from './decision-table.ts'

/** A state that some facts can be in, and which rows of the table are true because of it. */
interface State<T> {
  readonly is: T
  readonly found: readonly Found[]
}

const state = <T>(is: T, ...found: Found[]): State<T> => ({ is, found })

const hold: Hold = { runId: 'run-live', session: 'session-b', since: 500, contended: false }

export const TOKEN = '7d1b2f7e-3c55-4f3a-9a51-0d8a5a3f9c21'

export const SAFE_TOKEN: TokenFacts = {
  value: TOKEN,
  proof: 'confirmed',
  machineId: 'm1',
  runtimeId: 'r1',
  directory: '/work',
  at: 100,
  transcript: { state: 'present', at: 200, because: null },
  sharedWith: [],
  heldElsewhere: null,
  lastRun: { runId: 'run-ended', outcome: 'success', endedAt: 300, reason: null },
}

/** Nothing speaks against these. */
export const SAFE: ResumeFacts = {
  session: 'session-a',
  flavor: 'claude',
  held: null,
  token: SAFE_TOKEN,
  tokenDamaged: false,
  clearedAt: null,
  workDir: '/work',
  directory: { state: 'present', at: 400 },
  claimant: { machineId: 'm1', runtimeId: 'r1' },
}

const FLAVORS: readonly State<string | null>[] = [
  state('claude'),
  state('dsh', 'there is no token'),
  state('gpt-shell', 'the agent is not known'),
  state(null, 'the agent is not known'),
]

const HELD: readonly State<Hold | null>[] = [
  state(null),
  state({ ...hold, session: 'session-a' }, 'a run has this session'),
]

const DIRECTORIES: readonly State<ResumeFacts['directory']>[] = [
  state({ state: 'present', at: 400 }),
  state({ state: 'absent', at: 400 }, 'the directory is absent'),
  state({ state: 'unknown', at: null }, 'nobody saw the directory'),
]

const PROOFS: readonly State<TokenFacts['proof']>[] = [
  state('confirmed'),
  state('provisional', 'the token is provisional'),
  state('quarantined', 'the token is quarantined'),
]

const SHARED: readonly State<string[]>[] = [
  state([]),
  state(['session-b'], 'another session holds the token'),
]

const HELD_ELSEWHERE: readonly State<Hold | null>[] = [
  state(null),
  state(hold, 'a run of another session has the token'),
]

const TRANSCRIPTS: readonly State<TokenFacts['transcript']>[] = [
  state({ state: 'present', at: 200, because: null }),
  state({ state: 'absent', at: 200, because: null }, 'the transcript is absent'),
  state({ state: 'ambiguous', at: 200, because: null }, 'several transcripts fit'),
  state({ state: 'unknown', at: null, because: null }, 'nobody saw the transcript'),
  state({ state: 'unknown', at: 200, because: 'config_dir_unusable' }, 'the config directory is not usable'),
  state({ state: 'unknown', at: 200, because: 'agent_rejected' }, 'the agent refused it elsewhere'),
]

const ended = { runId: 'run-ended', endedAt: 300, reason: null }

const LAST_RUNS: readonly State<TokenFacts['lastRun']>[] = [
  state({ ...ended, outcome: 'success' }),
  state({ ...ended, outcome: 'failed' }, 'the last run failed'),
  state(
    { ...ended, outcome: 'failed', reason: 'identity_mismatch' },
    'the last run loaded another conversation',
  ),
  state({ ...ended, outcome: 'cancelled' }, 'the last run was cancelled'),
  state({ ...ended, outcome: 'interrupted' }, 'the last run was interrupted'),
  state(null, 'no ended run is on record'),
]

type Place = Pick<TokenFacts, 'machineId' | 'runtimeId'> & Pick<ResumeFacts, 'claimant'>

const place = (
  machineId: string | null,
  runtimeId: string | null,
  claimant: ResumeFacts['claimant'],
): Place => ({ machineId, runtimeId, claimant })

const sameOne = { machineId: 'm1', runtimeId: 'r1' }
const otherRuntime = { machineId: 'm1', runtimeId: 'r2' }
const otherMachine = { machineId: 'm2', runtimeId: 'r1' }
const otherBoth = { machineId: 'm2', runtimeId: 'r2' }
const noRuntime = { machineId: 'm1', runtimeId: null }
const elsewhereNoRuntime = { machineId: 'm2', runtimeId: null }

/** Where the token was made, and who asks. */
const PLACES: readonly State<Place>[] = [
  state(place('m1', 'r1', null)),
  state(place('m1', 'r1', sameOne)),
  state(place('m1', 'r1', otherRuntime), 'another runtime asks'),
  state(place('m1', 'r1', otherMachine), 'another machine asks'),
  state(place('m1', 'r1', otherBoth), 'another machine asks', 'another runtime asks'),
  state(place('m1', 'r1', noRuntime), 'the runtime is not known'),
  state(place('m1', 'r1', elsewhereNoRuntime), 'another machine asks', 'the runtime is not known'),
  state(place('m1', null, null), 'the runtime is not known'),
  state(place('m1', null, sameOne), 'the runtime is not known'),
  state(place('m1', null, otherBoth), 'another machine asks', 'the runtime is not known'),
  state(place('m1', null, noRuntime), 'the runtime is not known'),
  state(place(null, 'r1', null), 'the machine is not known'),
  state(place(null, 'r1', sameOne), 'the machine is not known'),
  state(place(null, 'r1', otherBoth), 'the machine is not known', 'another runtime asks'),
  state(place(null, 'r1', noRuntime), 'the machine is not known', 'the runtime is not known'),
  state(place(null, null, null), 'the machine is not known', 'the runtime is not known'),
  state(place(null, null, sameOne), 'the machine is not known', 'the runtime is not known'),
  state(place(null, null, noRuntime), 'the machine is not known', 'the runtime is not known'),
]

type Token = Pick<ResumeFacts, 'token' | 'clearedAt' | 'claimant'> &
  Partial<Pick<ResumeFacts, 'tokenDamaged'>>

const TOKENLESS: readonly State<Token>[] = [null, sameOne].flatMap((claimant) => [
  state({ token: null, clearedAt: null, claimant }, 'there is no token'),
  state({ token: null, clearedAt: 50, claimant }, 'the token was cleared'),
  state({ token: null, clearedAt: null, tokenDamaged: true, claimant }, 'the token can not be read'),
])

/** Two kinds of states side by side: every pair of them. */
function* pairs<A, B>(left: Iterable<State<A>>, right: readonly State<B>[]): Generator<State<[A, B]>> {
  for (const a of left) for (const b of right) yield { is: [a.is, b.is], found: [...a.found, ...b.found] }
}

function* tokens(): Generator<State<Token>> {
  yield* TOKENLESS
  const doubts = [...pairs(pairs(PROOFS, SHARED), HELD_ELSEWHERE)]
  const seen = pairs(pairs(doubts, TRANSCRIPTS), LAST_RUNS)
  for (const { is, found } of pairs(seen, PLACES)) {
    const [[[[[proof, sharedWith], heldElsewhere], transcript], lastRun], { claimant, ...made }] = is
    const token = { ...SAFE_TOKEN, ...made, proof, sharedWith, heldElsewhere, transcript, lastRun }
    yield { is: { token, clearedAt: null, claimant }, found }
  }
}

export interface Case {
  readonly facts: ResumeFacts
  readonly found: readonly Found[]
}

/** Every combination of the states that facts can be in. */
export function* everyCase(): Generator<Case> {
  const frames = [...pairs(pairs(FLAVORS, HELD), DIRECTORIES)]
  for (const { is, found } of pairs(tokens(), frames)) {
    const [token, [[flavor, held], directory]] = is
    yield { facts: { ...SAFE, ...token, flavor, held, directory }, found }
  }
}
