import type { Mutant } from '../mutant.ts'

const RULES = 'hub/src/runs'
const RUNS = 'hub/src/store/sqlite/runs'

const contract = (title: string) => ({ files: ['hub/src/store/sqlite/contract.test.ts'], title })
const tests = (title: string, file: string) => ({ files: [file], title })

/** Mistakes in which reports count, and what they do. */
const reports: readonly Mutant[] = [
  {
    id: 'report-newest-not-checked',
    why: 'a worker that was replaced overwrites the token of its successor',
    file: `${RUNS}/standing-of-run.ts`,
    find: 'const isNewest = newest?.key === run.key',
    replace: 'const isNewest = newest !== undefined',
    caughtBy: contract('[RU5]'),
  },
  {
    id: 'report-withdrawn-is-newest',
    why: 'a resume that never was a run takes the place of the one that slept',
    file: `${RUNS}/standing-of-run.ts`,
    find: " and state <> 'withdrawn'",
    replace: '',
    caughtBy: contract('[RU5]'),
  },
  {
    id: 'report-others-not-checked',
    why: 'a run comes back to life beside the one that holds its conversation',
    file: `${RUNS}/standing-of-run.ts`,
    find: 'isNewest && othersBeside(core, run).length === 0',
    replace: 'isNewest',
    caughtBy: contract('[RU7]'),
  },
  {
    id: 'report-revives-what-ended',
    why: 'a heartbeat that was under way takes the lease again after the run said that it had ended',
    file: `${RULES}/rules/standing.ts`,
    find: "if (endedBy === 'report') return 'closed'",
    replace: "if (endedBy === 'report') return 'lapsed'",
    caughtBy: tests('[RU5]', `${RULES}/rules/standing`),
  },
  {
    id: 'report-late-token-dropped',
    why: 'a token that came late is lost',
    file: `${RUNS}/lose-lease.ts`,
    find: 'if (token !== undefined) keepLate(core, run, { actor, token })',
    replace: 'if (token === actor.door) keepLate(core, run, { actor, token })',
    caughtBy: contract('[RU5]'),
  },
  {
    id: 'report-late-token-current',
    why: 'a late token becomes the one of the session',
    file: `${RUNS}/report-token.ts`,
    find: "if (standing !== 'closed') return standing !== 'lost'",
    replace: "if (standing !== 'closed') return token !== ''",
    caughtBy: contract('[RU5]'),
  },
  {
    id: 'report-older-than-the-end',
    why: 'a token from before replaces the one that the end of the run named',
    file: `${RUNS}/report-token.ts`,
    find: "record.kind !== 'resume' : newest === token",
    replace: "record.kind !== 'resume' : newest !== ''",
    caughtBy: contract('[RU5]'),
  },
  {
    id: 'report-archive-not-left',
    why: 'an agent runs in a session that is shown as put away',
    file: `${RUNS}/report-token.ts`,
    find: "isConfirmed && standing !== 'closed' && fieldText",
    replace: "isConfirmed && standing === 'closed' && fieldText",
    caughtBy: contract('[RI5]'),
  },
  {
    id: 'report-archive-left-too-early',
    why: 'the reason of the archive is gone before any agent has confirmed',
    file: `${RUNS}/report-token.ts`,
    find: "isConfirmed && standing !== 'closed' && fieldText",
    replace: "standing !== 'closed' && fieldText",
    caughtBy: contract('[RI5]'),
  },
  {
    id: 'report-proof-from-afar',
    why: 'a transcript on another machine confirms a token that is not valid there',
    file: `${RUNS}/report-token.ts`,
    find: 'if (seen === undefined || !isThere) return',
    replace: 'if (seen === undefined || isThere === null) return',
    caughtBy: contract('[RU6]'),
  },
  {
    id: 'report-runtime-of-another-machine',
    why: 'a runtime is put beside a machine where it never was',
    file: `${RUNS}/token-place.ts`,
    find: 'and (machine_id is null or machine_id = ?)',
    replace: "and (machine_id is null or machine_id = ? or machine_id <> '')",
    caughtBy: contract('[RU6]'),
  },
  {
    id: 'token-runtime-of-another-machine',
    why: 'a token that comes back is handed out to a runtime of another machine than its own',
    file: 'hub/src/store/sqlite/write-plan.ts',
    find: "'machine_id is null or machine_id = excluded.machine_id'",
    replace: "'true'",
    caughtBy: contract('[RV5]'),
  },
  {
    id: 'resume-other-token-taken',
    why: 'an agent that loaded another conversation replaces the token that was asked for',
    file: `${RUNS}/report-token.ts`,
    find: "if (standing === 'live' && isOtherThanAsked(run, request.token))",
    replace: "if (standing === 'lost' && isOtherThanAsked(run, request.token))",
    caughtBy: contract('[RI4]'),
  },
  {
    id: 'resume-provisional-runs',
    why: 'a resume counts as done before the agent has loaded the token',
    file: `${RUNS}/report-token.ts`,
    find: 'return isConfirmed && isUnconfirmed(run.record.state)',
    replace: 'return isUnconfirmed(run.record.state)',
    caughtBy: contract('[RI1]'),
  },
  {
    id: 'rejected-quarantines-anywhere',
    why: 'an agent in another directory takes a good token out of use',
    file: `${RULES}/rules/place.ts`,
    find: ' &&\n    isSame(one.directory, other.directory)',
    replace: '',
    caughtBy: contract('[RV8]'),
  },
  {
    id: 'rejected-unknown-is-same',
    why: 'a token of which nothing is on record is quarantined',
    file: `${RULES}/rules/place.ts`,
    find: 'return one !== null && one === other',
    replace: 'return one === other',
    caughtBy: tests('[RV8]', `${RULES}/rules/place`),
  },
  {
    id: 'rejected-still-carried',
    why: 'a run that went on without a token ends in success for it',
    file: `${RUNS}/report-rejected.ts`,
    find: 'carried === token ? carry(core, run, null) : run',
    replace: 'carried === token ? run : run',
    caughtBy: contract('[RV8]'),
  },
]

/** Mistakes in how runs end. */
const ends: readonly Mutant[] = [
  {
    id: 'success-confirms-nothing',
    why: 'no token is ever proven by a run that ended well',
    file: `${RUNS}/change-run.ts`,
    find: "if (ended.record.state === 'success') confirmCarried",
    replace: "if (ended.record.state === 'withdrawn') confirmCarried",
    caughtBy: contract('[RU6]'),
  },
  {
    id: 'failure-confirms',
    why: 'a token of a run that failed is taken for proven',
    file: `${RUNS}/change-run.ts`,
    find: "if (ended.record.state === 'success') confirmCarried",
    replace: "if (ended.record.state !== 'withdrawn') confirmCarried",
    caughtBy: contract('[RU6]'),
  },
  {
    id: 'success-lifts-quarantine',
    why: 'a token that its agent does not know is handed out again',
    file: `${RUNS}/change-run.ts`,
    find: "where session = ? and proof = 'provisional'",
    replace: 'where session = ?',
    caughtBy: contract('[RV8]'),
  },
  {
    id: 'success-confirms-rejected',
    why: 'a token that the agent of a run did not know is proven by the end of that run',
    file: `${RUNS}/change-run.ts`,
    find: ' and rejected = 0',
    replace: '',
    caughtBy: contract('[RV8]'),
  },
  {
    id: 'end-said-again-refused',
    why: 'a program that ended well is told that it lost its lease, because the first answer was lost',
    file: `${RUNS}/complete.ts`,
    find: 'if (isSaidAgain(run, request)) return',
    replace: 'if (isSaidAgain(run, request) && run.key < 0) return',
    caughtBy: contract('[RU5]'),
  },
  {
    id: 'end-of-unconfirmed-resume-succeeds',
    why: 'a resume that no agent confirmed proves its token',
    file: `${RULES}/run-life.ts`,
    find: "confirmed: 'running',\n    succeeded: 'failed',\n    failed: 'failed',\n    cancelled: 'cancelled',\n    interrupted: 'failed',",
    replace:
      "confirmed: 'running',\n    succeeded: 'success',\n    failed: 'failed',\n    cancelled: 'cancelled',\n    interrupted: 'failed',",
    caughtBy: contract('[RI1]'),
  },
  {
    id: 'resume-revived-after-lease',
    why: 'a resume that was given up comes back, beside the next one',
    file: `${RULES}/run-life.ts`,
    find: "interrupted: 'failed',",
    replace: "interrupted: 'interrupted',",
    caughtBy: contract('[RI5]'),
  },
  {
    id: 'attempt-is-a-last-run',
    why: 'a resume that no runner took on speaks against the token',
    file: `${RULES}/run-life.ts`,
    find: "'given-up': 'withdrawn',",
    replace: "'given-up': 'failed',",
    caughtBy: contract('[RI5]'),
  },
  {
    id: 'end-interrupts-the-ended',
    why: 'a sweep overwrites how a run ended by its own word',
    file: `${RUNS}/ends.ts`,
    find: 'if (found === null || !isLive(found.record.state)) return []',
    replace:
      "if (found === null) return []\n    if (!isLive(found.record.state)) return found.record.state === 'interrupted' ? found.record : []",
    caughtBy: contract('[RU3]'),
  },
]

/** Mistakes in what reports of runs write, and how runs end. */
export const runReportMutants: readonly Mutant[] = [...reports, ...ends]
