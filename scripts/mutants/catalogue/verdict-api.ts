import type { Mutant } from '../mutant.ts'

const SEEN = 'hub/src/http/api/verdict-as-seen.ts'
const STOP = 'hub/src/http/stop-session.ts'
const RELEASED = 'hub/src/http/verdict-for-released.ts'
const TARGET = 'hub/src/http/target-asked.ts'

const tests = (title: string, ...files: readonly string[]) => ({ files, title })
const TARGETS = ['hub/src/http/judged-targets'] as const

const shownMutants: readonly Mutant[] = [
  {
    id: 'verdict-token-whole',
    why: 'who may only read resumes the conversation with what a verdict shows',
    file: SEEN,
    find: '{ token: maskedToken(token) }',
    replace: '{ token }',
    caughtBy: tests('[RV10]', 'hub/src/http/api/verdicts', 'hub/src/http/api/session-runs'),
  },
  {
    id: 'facts-token-whole',
    why: 'who may only read finds the token among the facts of a verdict',
    file: SEEN,
    find: 'value: maskedToken(value)',
    replace: 'value',
    caughtBy: tests('[RV10]', 'hub/src/http/api/verdicts'),
  },
  {
    id: 'run-token-whole',
    why: 'who may only read finds the token on its runs',
    file: SEEN,
    find: 'token: token === null ? null : maskedToken(token),',
    replace: 'token,',
    caughtBy: tests('[RV10]', 'hub/src/http/api/session-runs'),
  },
  {
    id: 'run-reason-whole',
    why: 'who may only read finds the token in what was said of the end of a run',
    file: SEEN,
    find: '    reason: textOrNull(mask, reason),\n',
    replace: '    reason,\n',
    caughtBy: tests('[RV10]', 'hub/src/http/api/session-runs'),
  },
  {
    id: 'verdict-runtime-ignored',
    why: 'a conversation of one account is said to go on in any other',
    file: 'hub/src/http/api/verdicts.ts',
    find: 'claimant: claimantOf(known, runtimeId)',
    replace: 'claimant: null',
    caughtBy: tests('[RV5]', 'hub/src/http/api/verdicts'),
  },
  {
    id: 'verdict-for-programs',
    why: 'a person is told to begin anew where he could look and go on',
    file: 'hub/src/http/api/verdicts.ts',
    find: "intent = 'operator'",
    replace: "intent = 'auto'",
    caughtBy: tests('[WI5]', 'hub/src/http/api/verdicts'),
  },
  {
    id: 'view-judged-for-programs',
    why: 'a session shows a person the verdict of somebody else',
    file: 'hub/src/http/api/session-reads.ts',
    find: "judge(facts, 'operator')",
    replace: "judge(facts, 'auto')",
    caughtBy: tests('[WI5]', 'hub/src/http/api/session-runs'),
  },
  {
    id: 'census-totals-of-a-page',
    why: 'most of what is lost is not counted',
    file: 'hub/src/store/sqlite/census.ts',
    find: 'where namespace = ? group by verdict',
    replace: 'where namespace = ? group by verdict limit 1',
    caughtBy: tests('[WI5]', 'hub/src/http/api/census'),
  },
  {
    id: 'census-counts-groups',
    why: 'a thousand lost sessions count as one',
    file: 'hub/src/store/sqlite/census.ts',
    find: 'sum(count) as count',
    replace: 'count(*) as count',
    caughtBy: tests('[WI5]', 'hub/src/http/api/census'),
  },
  {
    id: 'list-of-every-class',
    why: 'who looks for what is lost is shown everything',
    file: 'hub/src/http/api/session-list.ts',
    find: 'archived, verdict, words: q',
    replace: 'archived, words: q',
    caughtBy: tests('[WI5]', 'hub/src/http/api/census'),
  },
  {
    id: 'held-by-another-session',
    why: 'who is told to stop a run looks for it in the wrong session',
    file: 'hub/src/http/api/held-answer.ts',
    find: '= { runId, session, since, contended }',
    replace: '= { runId, session: runId, since, contended }',
    caughtBy: tests('[WI7]', 'hub/src/http/api/rebind'),
  },
]

const stopMutants: readonly Mutant[] = [
  {
    id: 'stop-not-marked',
    why: 'what a person stopped counts as interrupted, as if it had crashed',
    file: STOP,
    find: 'parts.kills.asked(key, why)',
    replace: '',
    caughtBy: tests('[WI5]', 'hub/src/http/api/stop'),
  },
  {
    id: 'stop-without-its-reason',
    why: 'why a person stopped a session is not on record',
    file: 'hub/src/runs/implicit-runs.ts',
    find: 'reason: why ?? reason',
    replace: 'reason',
    caughtBy: tests('[RU2]', 'hub/src/socket/implicit-runs'),
  },
  {
    id: 'stop-marked-for-nothing',
    why: 'what ends by itself counts as cancelled, since somebody asked nobody',
    file: STOP,
    find: ') return nobodyThere(run)',
    replace: ') void 0',
    caughtBy: tests('[WI7]', 'hub/src/http/api/stop'),
  },
  {
    id: 'stop-believes-the-client',
    why: 'a session is said to have ended while it goes on',
    file: STOP,
    find: "return saysYes && (await presence.sessionInactive(key, WITHIN_MS)) ? 'ended' : said",
    replace: "return saysYes ? 'ended' : said",
    caughtBy: tests('[WI5]', 'hub/src/http/api/stop'),
  },
  {
    id: 'stop-takes-a-guess',
    why: 'a runner that does not know a session is said to have stopped it',
    file: STOP,
    find: "    outcome: 'unknown',\n    message: 'The runner",
    replace: "    outcome: 'stopped',\n    message: 'The runner",
    caughtBy: tests('[CO6]', 'hub/src/http/api/stop'),
  },
  {
    id: 'stop-run-unasked',
    why: 'what a runner started for a run can not be stopped',
    file: STOP,
    find: "ofRun !== null && calls.isAnswered('stop-run', ofRun)",
    replace: "ofRun !== null && calls.isAnswered('killSession', ofRun)",
    caughtBy: tests('[WI5] the runner of its machine', 'hub/src/runs/stop-run'),
  },
  {
    id: 'stop-held-by-nobody',
    why: 'nobody is told which program goes on, and where',
    file: STOP,
    find: 'if (run === null) return NOBODY_THERE',
    replace: 'if (run !== undefined) return NOBODY_THERE',
    caughtBy: tests('[WI5] the runner of another machine', 'hub/src/runs/stop-run'),
  },
  {
    id: 'stop-implicit-run-as-held',
    why: 'a person looks for a program that is a released client, and has gone',
    file: 'hub/src/http/api/stop.ts',
    find: "run === null || run.kind === 'implicit' ? null : run",
    replace: 'run',
    caughtBy: tests('[WI7]', 'hub/src/http/api/stop'),
  },
  {
    id: 'stop-client-alone',
    why: 'a client that hangs can not be stopped',
    file: STOP,
    find: 'const ran = askRunner === null ? ABSENT : await askRunner()',
    replace: 'const ran = ABSENT',
    caughtBy: tests('[WI5]', 'hub/src/http/api/stop'),
  },
]

const targetMutants: readonly Mutant[] = [
  {
    id: 'target-beside-a-claim',
    why: 'a released client joins a conversation that a dispatcher has claimed',
    file: RELEASED,
    find: 'passes ? { ...facts, held: null } : facts',
    replace: '{ ...facts, held: null }',
    caughtBy: tests('[RV10]', ...TARGETS),
  },
  {
    id: 'target-never-handed-over',
    why: 'what runs in the background can not be brought to a terminal',
    file: RELEASED,
    find: "heldBy === 'nobody' || (await isImplicit(store, key, held.runId))",
    replace: "heldBy === 'nobody'",
    caughtBy: tests('[CO13]', ...TARGETS),
  },
  {
    id: 'target-claim-behind-an-implicit-run',
    why: 'a claim is not seen where a released client was there before it',
    file: 'hub/src/store/sqlite/holds.ts',
    find: "order by r.kind = 'implicit', r.key limit 1",
    replace: 'order by r.key limit 1',
    caughtBy: tests('[RV10]', ...TARGETS),
  },
  {
    id: 'target-of-any-machine',
    why: 'nobody hears that a session is resumed away from where its token was made',
    file: RELEASED,
    find: 'claimant: { machineId, runtimeId: null }',
    replace: 'claimant: undefined',
    caughtBy: tests('[RV7]', ...TARGETS),
  },
  {
    id: 'target-for-programs',
    why: 'a person can not resume what a person may',
    file: RELEASED,
    find: "if (held === null) return judge(facts, 'operator')",
    replace: "if (held === null) return judge(facts, 'auto')",
    caughtBy: tests('[RV10]', ...TARGETS),
  },
  {
    id: 'target-without-a-word',
    why: 'a doubtful token is given out and nobody hears of it',
    file: TARGET,
    find: "if (decision === 'confirm')",
    replace: "if (decision === 'fresh')",
    caughtBy: tests('[RV10]', ...TARGETS),
  },
  {
    id: 'target-logged-whole',
    why: 'who reads the log resumes the conversation',
    file: TARGET,
    find: 'maskedToken(target.agentSessionId)',
    replace: 'target.agentSessionId',
    caughtBy: tests('[RV10]', ...TARGETS),
  },
  {
    id: 'resumable-unjudged',
    why: 'a conversation that is gone is offered for a resume',
    file: 'hub/src/http/resumable-sessions.ts',
    find: 'const verdict = await verdictForReleased(',
    replace:
      "const verdict = { decision: 'resume', token: 't', message: '', workDir: null, checks: [] } as const\n  await verdictForReleased(",
    caughtBy: tests('[RV10]', ...TARGETS),
  },
]

/** Verdicts, runs, the census and what follows from them, as the doors show them. */
export const verdictApiMutants: readonly Mutant[] = [...shownMutants, ...stopMutants, ...targetMutants]
