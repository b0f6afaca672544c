import type { Mutant } from '../mutant.ts'

const PRUNER = 'hub/src/store/sqlite/runs/run-pruner.ts'

const tests = (title: string, file = 'hub/src/store/sqlite/contract') => ({ files: [file], title })

/** Runs that are thrown away though something depends on them, and how much of the journal is kept. */
export const pruneRunsMutants: readonly Mutant[] = [
  {
    id: 'prune-runs-one-too-many',
    why: 'a token whose last run failed looks as if it had ended well',
    file: PRUNER,
    find: 'c.rejected = 0 and ${RUNS_WEIGHED} > (',
    replace: 'c.rejected = 0 and ${RUNS_WEIGHED} - 1 > (',
    caughtBy: tests('[JO4] [RV4] the last run of a token stays'),
  },
  {
    id: 'prune-runs-whatever-they-carried',
    why: 'a verdict changes by time alone: no run of the token is on record any more',
    file: PRUNER,
    find: 'c.rejected = 0 and ${RUNS_WEIGHED} > (',
    replace: 'c.rejected = 0 and 0 > (',
    caughtBy: tests('[JO4] whatever happened, no verdict changes'),
  },
  {
    id: 'prune-runs-newest-of-session',
    why: 'a laptop that slept for long finds its run gone',
    file: PRUNER,
    find: 'and exists (select 1 from run n where n.session = r.session and n.key > r.key and n.${HAS_ENDED})',
    replace: 'and 1',
    caughtBy: tests('[JO4] [RU5] the newest run of a session stays'),
  },
  {
    id: 'prune-runs-before-a-live-one',
    why: 'the run before a resume that came to nothing is gone, and can not be revived',
    file: PRUNER,
    find: 'n.key > r.key and n.${HAS_ENDED})',
    replace: 'n.key > r.key)',
    caughtBy: tests('[JO4] a live run stays'),
  },
  {
    id: 'prune-runs-of-other-machines',
    why: 'runs of one machine hide what became of the token on another',
    file: PRUNER,
    find: ' and m.machine_id is r.machine_id',
    replace: '',
    caughtBy: tests('[JO4] runs of another machine'),
  },
  {
    id: 'prune-runs-behind-rejected',
    why: 'runs whose agent did not know the token pass for runs of it',
    file: PRUNER,
    find: 'where wanted.rejected = 0 and',
    replace: 'where',
    caughtBy: tests('[JO4] runs of another machine'),
  },
  {
    id: 'prune-runs-young',
    why: 'an outbox that is replayed the next day is told that there is no such run',
    file: PRUNER,
    find: 'outside.now() - RUN_DAYS * DAY',
    replace: 'outside.now()',
    caughtBy: tests('[JO4] a run goes that ended long ago'),
  },
  {
    id: 'prune-runs-all-tokens-at-once',
    why: 'every write waits while a run that carried very many tokens is thrown away',
    file: PRUNER,
    find: 'select flavor, value from run_token where run = ? limit ?',
    replace: 'select flavor, value from run_token where run = ? and ? > 0',
    caughtBy: tests('[JO4] of a run that carried more tokens', 'hub/src/store/sqlite/runs/run-pruner'),
  },
  {
    id: 'retention-not-as-set',
    why: 'the hub keeps as much of the journal as it likes',
    file: 'hub/src/hub.ts',
    find: '{ ...RETENTION, keepEntries: journalEntries, keepBytes: journalBytes }',
    replace: '{ ...RETENTION, keepBytes: journalBytes + 0 * journalEntries }',
    caughtBy: tests('[JO4] a hub keeps as many entries', 'hub/src/contract/retention-settings'),
  },
]
