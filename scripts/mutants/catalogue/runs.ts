import type { Mutant } from '../mutant.ts'

const RULES = 'hub/src/runs'
const RUNS = 'hub/src/store/sqlite/runs'

const contract = (title: string) => ({ files: ['hub/src/store/sqlite/contract.test.ts'], title })
const tests = (title: string, file: string) => ({ files: [file], title })

/** Mistakes in how runs are opened. */
const openings: readonly Mutant[] = [
  {
    id: 'claim-held-not-checked',
    why: 'two programs get the same session at once',
    file: `${RUNS}/claim.ts`,
    find: 'if (facts.held !== null) return',
    replace: 'if (facts.held !== null && facts.held.contended) return',
    caughtBy: contract('[RU4] 100 parallel'),
  },
  {
    id: 'claim-twice-for-one-id',
    why: 'a claim whose answer was lost is refused for the run that it opened itself',
    file: `${RUNS}/opening.ts`,
    find: "if (run === null) return { kind: 'new' }",
    replace: "if (run === null || run.record.state === 'running') return { kind: 'new' }",
    caughtBy: contract('[RU4]'),
  },
  {
    id: 'claim-id-of-another-key',
    why: 'a run id that was used for another key gives out the token of that one',
    file: `${RUNS}/opening.ts`,
    find: 'row?.tag === opening.key &&',
    replace: 'row !== undefined &&',
    caughtBy: contract('[RU4]'),
  },
  {
    id: 'claim-repeated-judged-again',
    why: 'a repeated claim is told something else than the first time, and an agent is started fresh beside its token',
    file: `${RUNS}/claim.ts`,
    find: '...told, withheld',
    replace: "...told, verdict: judge(readFactsOf(core, { session: run.session }), 'auto'), withheld",
    caughtBy: contract('[RU4]'),
  },
  {
    id: 'claim-repeated-not-revived',
    why: 'a claim that is sent again after its lease gets its token while another may get it too',
    file: `${RUNS}/opening.ts`,
    find: "run: goOn(core, run, 'revived') }",
    replace: 'run }',
    caughtBy: contract('[RU4]'),
  },
  {
    id: 'claim-takes-every-look',
    why: 'a claimant on another machine says that a transcript is gone which it can not see',
    file: `${RUNS}/claim.ts`,
    find: 'isOfToken && countsAsLook(token, request, found)',
    replace: 'isOfToken && countsAsLook(token, token, found)',
    caughtBy: contract('[RV6]'),
  },
  {
    id: 'claim-takes-any-directory',
    why: 'another directory than the one of the session is gone, and the session begins fresh',
    file: `${RUNS}/claim.ts`,
    find: '(directory ?? workDir) === workDir',
    replace: '(directory ?? workDir) !== null',
    caughtBy: contract('[RV6]'),
  },
  {
    id: 'claim-any-risk-accepted',
    why: 'a person who accepted one caution has accepted all of them',
    file: `${RULES}/rules/claim-grant.ts`,
    find: 'openCautions(verdict, accepted).length === 0',
    replace: 'openCautions(verdict, accepted).length < verdict.checks.length && accepted.length > 0',
    caughtBy: contract('[RU4]'),
  },
  {
    id: 'claim-program-accepts-risk',
    why: 'a program accepts for itself what a person should be asked',
    file: `${RULES}/rules/claim-grant.ts`,
    find: "intent === 'operator' && ",
    replace: '',
    caughtBy: tests('[RU4]', `${RULES}/rules/claim-grant`),
  },
  {
    id: 'claim-held-on-own-machine',
    why: 'a person takes a conversation to a machine where somebody is in it',
    file: 'hub/src/store/sqlite/resume-facts.ts',
    find: 'machineId: claimant.machineId, besides }',
    replace: 'machineId, besides }',
    caughtBy: contract('[ME13]'),
  },
  {
    id: 'resume-beside-conversation',
    why: 'one conversation is resumed twice, by way of two sessions that have its token',
    file: `${RUNS}/resume.ts`,
    find: 'facts.held ?? token?.heldElsewhere ?? null',
    replace: 'facts.held ?? null',
    caughtBy: contract('[RI2]'),
  },
  {
    id: 'resume-beside-run',
    why: 'a session is resumed while somebody is in it',
    file: `${RUNS}/resume.ts`,
    find: 'facts.held ?? token?.heldElsewhere ?? null',
    replace: 'token?.heldElsewhere ?? null',
    caughtBy: contract('[RI2]'),
  },
  {
    id: 'contention-only-in-session',
    why: 'two agents write into one conversation of two sessions, and nobody is told',
    file: `${RUNS}/contention.ts`,
    find: '[...inSession, ...inConversation]',
    replace: '[...inSession]',
    caughtBy: contract('[RU7]'),
  },
  {
    id: 'contention-only-in-conversation',
    why: 'a released client beside a claimed run is not shown',
    file: `${RUNS}/contention.ts`,
    find: '[...inSession, ...inConversation]',
    replace: '[...inConversation]',
    caughtBy: contract('[RU7]'),
  },
  {
    id: 'contention-not-learned',
    why: 'a released client works in a conversation that somebody else holds, and nobody is told',
    file: 'hub/src/store/sqlite/write-plan.ts',
    find: "if (plan.tokens.some(({ kind }) => kind === 'arrives')) learnToken",
    replace: "if (plan.tokens.some(({ kind }) => kind === 'repaired')) learnToken",
    caughtBy: contract('[RU7]'),
  },
  {
    id: 'implicit-token-not-taken',
    why: 'a token that a released client worked with has no run on record',
    file: `${RUNS}/ends.ts`,
    find: "run.record.kind === 'implicit' ? withSessionsToken(core, run) : run",
    replace: 'run',
    caughtBy: contract('[RU2]'),
  },
  {
    id: 'implicit-continues-any',
    why: 'a released client goes on as the run of somebody else',
    file: `${RUNS}/unjudged.ts`,
    find: "run.record.kind !== 'implicit' || run.session.key !== session.key",
    replace: 'run.record.endedAt === 0',
    caughtBy: contract('[RU2]'),
  },
]

/** Mistakes in which programs are believed to be gone. */
const holders: readonly Mutant[] = [
  {
    id: 'holder-older-boot-heard',
    why: 'a program that was started again is ended by what it said before',
    file: `${RUNS}/holders.ts`,
    find: 'row === undefined || row.boot <= holder.boot',
    replace: 'row === undefined || row.boot > 0',
    caughtBy: contract('[RU3]'),
  },
  {
    id: 'holder-same-boot-ends-runs',
    why: 'each claim of a dispatcher ends all of its other runs',
    file: `${RUNS}/ends.ts`,
    find: 'record.holder.boot < holder.boot',
    replace: 'record.holder.boot <= holder.boot',
    caughtBy: contract('[RU3]'),
  },
  {
    id: 'holder-ends-named-runs',
    why: 'a runner that was started again loses the agents that lived on',
    file: `${RUNS}/ends.ts`,
    find: 'live.filter(({ record }) => !named.has(record.id))',
    replace: 'live.filter(({ record }) => !named.has(record.id) || record.holder?.boot !== holder.boot)',
    caughtBy: contract('[RU3]'),
  },
  {
    id: 'holder-named-run-not-adopted',
    why: 'an agent that lived on is ended by the next claim of its own runner',
    file: `${RUNS}/ends.ts`,
    find: 'if (named.has(run.record.id)) adoptBoot(core, run, holder)',
    replace: 'if (!named.has(run.record.id)) adoptBoot(core, run, holder)',
    caughtBy: contract('[RU3]'),
  },
  {
    id: 'holder-ends-everybody',
    why: 'the list of one holder ends the runs of all the others',
    file: `${RUNS}/holders.ts`,
    find: 'where namespace = ? and holder_id = ? and ${IS_LIVE}',
    replace: 'where namespace = ? and holder_id <> ? and ${IS_LIVE}',
    caughtBy: contract('[RU3]'),
  },
]

/** Mistakes in how runs are opened and who holds them. */
export const runMutants: readonly Mutant[] = [...openings, ...holders]
