import type { Mutant } from '../mutant.ts'

const SQLITE = 'hub/src/store/sqlite'
const FACTS = `${SQLITE}/resume-facts.ts`
const HOLDS = `${SQLITE}/holds.ts`
const COLUMN = `${SQLITE}/verdict-column.ts`
const EVIDENCE = `${SQLITE}/evidence.ts`
const REBIND = `${SQLITE}/rebind-record.ts`
const MIGRATION = `${SQLITE}/sql/0003-runs.sql`

const tests = (title: string, file = 'contract.test.ts') => ({ files: [`${SQLITE}/${file}`], title })

const runMutants: readonly Mutant[] = [
  {
    id: 'facts-last-run-rejected',
    why: 'a run whose agent did not know the token, and went on without it, makes the token look sound',
    file: FACTS,
    find: 'and c.rejected = 0 and',
    replace: 'and',
    caughtBy: tests('[RV4] [RV8] is not a run whose agent did not know the token'),
  },
  {
    id: 'facts-last-run-first',
    why: 'an old success hides the interruption after it',
    file: FACTS,
    find: 'order by c.run desc limit ${RUNS_WEIGHED}',
    replace: 'order by c.run limit 1',
    caughtBy: tests('[RV4] is the newest ended run'),
  },
  {
    id: 'facts-last-run-by-start',
    why: 'of two runs in contention the one that was interrupted last is passed over',
    file: FACTS,
    find: 'run.endedAt > later.endedAt ? run : later',
    replace: 'run.endedAt > later.endedAt ? later : later',
    caughtBy: tests('[RV4] of two that were in contention'),
  },
  {
    id: 'facts-last-run-of-another-machine',
    why: 'what happened to the same token on another machine is taken for this one',
    file: FACTS,
    find: `'interrupted') and \${maybeSame('r.machine_id')}`,
    replace: `'interrupted') and (1 or ? is ?)`,
    caughtBy: tests('[RV4] counts in whatever session it was'),
  },
  {
    id: 'facts-last-run-of-another-tenant',
    why: 'another tenant’s run decides over this one’s token',
    file: FACTS,
    find: 'and c.rejected = 0 and r.namespace = ?',
    replace: 'and c.rejected = 0 and (1 or r.namespace = ?)',
    caughtBy: tests('[RV4] counts in whatever session it was'),
  },
  {
    id: 'facts-runtime-of-last-run',
    why: 'whoever carried a token last passes for the runtime where it is valid',
    file: FACTS,
    find: 'row.runtimeId ?? last?.runtimeId ?? null',
    replace: 'last?.runtimeId ?? row.runtimeId',
    caughtBy: tests('[RV5] is its own'),
  },
  {
    id: 'facts-shared-over-tenants',
    why: 'a session is told of another tenant’s session with the same token',
    file: FACTS,
    find: 't.session <> ? and s.namespace = ?',
    replace: 't.session <> ? and (1 or s.namespace = ?)',
    caughtBy: tests('[ME13] sessions with the same token'),
  },
  {
    id: 'facts-held-by-asker',
    why: 'a run that asks about itself is told that somebody is there',
    file: HOLDS,
    find: `and r.key <> ? order by r.kind = 'implicit'`,
    replace: `and r.key <> 0 * ? order by r.kind = 'implicit'`,
    caughtBy: tests('[RU7] a live run holds its session, unless it is the one that asks'),
  },
  {
    id: 'facts-implicit-holder-overlooked',
    why: 'a released client in the same conversation does not block a second run of it',
    file: HOLDS,
    find: '?? sql.get(IMPLICITLY).get<HoldRow>(...asked)',
    replace: '?? (IMPLICITLY === "" ? sql.get(IMPLICITLY).get<HoldRow>(...asked) : undefined)',
    caughtBy: tests('[ME13] [RU7] so does a client that knows no runs'),
  },
  {
    id: 'facts-directory-of-run-lost',
    why: 'nobody knows where a token was minted, and a real rejection never puts it in quarantine',
    file: 'hub/src/sessions/plan.ts',
    find: `moved.context.actor.run === undefined ? null : textAfter('path', moved)`,
    replace: 'null',
    caughtBy: tests('[ME14] a token that a run reported'),
  },
]

const evidenceMutants: readonly Mutant[] = [
  {
    id: 'evidence-of-another-directory',
    why: 'a directory that nobody looked at passes for one that was seen',
    file: FACTS,
    find: 'row === undefined || row.path !== workDir',
    replace: 'row === undefined',
    caughtBy: tests('[RV6] a directory was seen where the session works'),
  },
  {
    id: 'evidence-of-another-machine',
    why: 'what is on the disk of one machine is believed of another',
    file: COLUMN,
    find: `name === 'machineId' && before !== undefined`,
    replace: `name === 'machineId' && before === undefined`,
    caughtBy: tests('[RV6] a directory was seen where the session works'),
  },
  {
    id: 'evidence-proves-nothing',
    why: 'a transcript that was seen leaves its token provisional, and every dispatcher begins again',
    file: EVIDENCE,
    find: `when ? = 'present' then`,
    replace: `when ? = '' then`,
    caughtBy: tests('[RU6] a transcript that is there confirms its token'),
  },
  {
    id: 'evidence-absent-proves',
    why: 'a transcript that is gone confirms its token',
    file: EVIDENCE,
    find: `when ? = 'present' then`,
    replace: `when ? <> '' then`,
    caughtBy: tests('[RU6] a transcript that is there confirms its token'),
  },
  {
    id: 'evidence-of-unknown-token',
    why: 'who asks about a token that was never there changes what is known of the session',
    file: `${SQLITE}/note-evidence.ts`,
    find: 'session === undefined || !hasHad(core, session, request)',
    replace: 'session === undefined',
    caughtBy: tests('[RV6] [SE2] of a token that the session never had'),
  },
  {
    id: 'quarantine-kept-by-put-back',
    why: 'a person who puts a token back that is there already lifts nothing',
    file: `${SQLITE}/session-writes.ts`,
    find: 'if (known !== null) after?.(known)',
    replace: 'if (known !== null && decision.plan !== null) after?.(known)',
    caughtBy: tests('[RV8] is lifted by a person who puts the token back, also'),
  },
  {
    id: 'quarantine-lifted-by-program',
    why: 'an agent that writes its dead token again gets it back at the next claim',
    file: `${SQLITE}/write-plan.ts`,
    find: `paired = excluded.paired, left_as = 'no'`,
    replace: `paired = excluded.paired, proof = excluded.proof, left_as = 'no'`,
    caughtBy: tests('[RV8] stays where a program writes the token again'),
  },
  {
    id: 'put-back-forgets-proof',
    why: 'a proven token that a person puts back is not handed out any more',
    file: `${SQLITE}/token-proof.ts`,
    find: `and value = ? and proof = 'quarantined'`,
    replace: 'and value = ?',
    caughtBy: tests('[ME14] a token that is put back keeps the proof'),
  },
]

const rebindMutants: readonly Mutant[] = [
  {
    id: 'rebind-while-held',
    why: 'a conversation is moved to another machine under a run that is in it',
    file: 'hub/src/sessions/rebind-token.ts',
    find: 'if (request.hold !== null) {',
    replace: 'if (request.hold !== null && request.token === "") {',
    caughtBy: tests('[RU7] not while a run is in the session'),
  },
  {
    id: 'rebind-keeps-evidence',
    why: 'a transcript that was seen on the old machine counts on the new one',
    file: REBIND,
    find: 'transcript = case when machine_id is ? then transcript end',
    replace: 'transcript = case when machine_id is ? then transcript else transcript end',
    caughtBy: tests('[ME14] a token that it had'),
  },
  {
    id: 'rebind-keeps-quarantine',
    why: 'what a person says does not count against what an agent said before',
    file: REBIND,
    find: `set proof = 'provisional', runtime_id = ?`,
    replace: 'set runtime_id = ?',
    caughtBy: tests('[RV8] a quarantine is lifted, also where no field changes'),
  },
  {
    id: 'rebind-without-pair',
    why: 'a codex token comes back without the session that it belongs to',
    file: 'hub/src/sessions/rebind-token.ts',
    find: `typeof paired === 'string'`,
    replace: `typeof paired === 'number'`,
    caughtBy: tests('[ME5] its pair comes with it'),
  },
]

const listMutants: readonly Mutant[] = [
  {
    id: 'verdict-list-forgets-left-token',
    why: 'a session whose token nobody shares any more goes on saying so',
    file: COLUMN,
    find: "where mine.session = ? and other.left_as = 'no'",
    replace: "where mine.session = ? and mine.left_as = 'no' and other.left_as = 'no'",
    caughtBy: tests('[ME13] sessions that come to share a token, or no longer do'),
  },
  {
    id: 'verdict-list-forgets-others',
    why: 'a list offers to resume a conversation that a run of another session is in',
    file: COLUMN,
    find: 'refreshOthers(core, session, sharersOfAll(core, session))',
    replace: 'refreshOthers(core, session, sharersOfAll(core, session).slice(0, 0))',
    caughtBy: tests('[ME13] a session whose conversation is in use by another one is running'),
  },
  {
    id: 'verdict-list-misses-flavor',
    why: 'a session that another agent took over is listed with the first one’s verdict',
    file: COLUMN,
    find: `new Set(['flavor', 'machineId'`,
    replace: `new Set(['machineId'`,
    caughtBy: tests('[RV6] [RV7] another directory or another agent'),
  },
  {
    id: 'verdict-list-misses-directory',
    why: 'a session that moved to another directory is listed with what was seen of the old one',
    file: COLUMN,
    find: `'machineId', 'path', ...TOKEN_FIELDS`,
    replace: `'machineId', ...TOKEN_FIELDS`,
    caughtBy: tests('[RV6] [RV7] another directory or another agent'),
  },
  {
    id: 'verdict-filter-ignored',
    why: 'whoever asks for what can be resumed is shown everything',
    file: 'hub/src/sessions/session-filter.ts',
    find: 'if (verdict !== undefined && session.verdict.class !== verdict) return false',
    replace: '',
    caughtBy: tests('[WI5] a list shows it, and those of one class'),
  },
  {
    id: 'census-repeats-group',
    why: 'the last group of a page is counted again on the next one',
    file: `${SQLITE}/census.ts`,
    find: '> (?, ?, ?, ?)',
    replace: '>= (?, ?, ?, ?)',
    caughtBy: tests('[WI5] in pages of'),
  },
  {
    id: 'census-counts-twice',
    why: 'a session that changes its class is counted in both',
    file: MIGRATION,
    find: 'update census set count = count - 1',
    replace: 'update census set count = count - 0',
    caughtBy: tests('[WI5] follows what happens to a session'),
  },
  {
    id: 'facts-damaged-never-was',
    why: 'a session whose token can not be read looks as if it had never had one',
    file: FACTS,
    find: '!hasToken && holdsSomething(core, session, flavor)',
    replace: '!hasToken && !holdsSomething(core, session, flavor) && false',
    caughtBy: tests('[ME12] [RV9]', 'damaged-token.test.ts'),
  },
  {
    id: 'list-keeps-who-left',
    why: 'a session is listed as running because somebody once was in its conversation',
    file: COLUMN,
    find: 'if (writes.some(({ name }) => TOKENS.has(name))) refreshSharers(core, session)',
    replace: '',
    caughtBy: tests('[ME13] [RU7] so does one', 'contract.test.ts'),
  },
  {
    id: 'census-names-whole',
    why: 'a census can not be read past a session with a long text for its agent',
    file: COLUMN,
    find: '.map(shortened)',
    replace: '',
    caughtBy: { files: ['hub/src/http/api/census'], title: '[WI5] [SE5] has pages' },
  },
  {
    id: 'back-fill-of-another-agent',
    why: 'after the update a session is listed by the token of an agent that it no longer runs',
    file: MIGRATION,
    find: `where t.session = session.key and t.flavor = session.flavor and t.left_as = 'no'`,
    replace: `where t.session = session.key and t.left_as = 'no'`,
    caughtBy: tests('[WI5] sessions from before there were runs', 'back-fill.test.ts'),
  },
]

export const factsMutants: readonly Mutant[] = [
  ...runMutants,
  ...evidenceMutants,
  ...rebindMutants,
  ...listMutants,
]
