import type { TortureMutant } from '../mutant-list.ts'

const RUNS = 'hub/dist/store/sqlite/runs'
const DESK = 'hub/dist/runs/run-desk.js'
const IN_SIMULATION = { scenario: 'runs-simulated', runtimes: ['node'] } as const

/** Mistakes in who may be in a conversation, whose reports count, and what a restart does. */
export const RUN_MUTANTS: readonly TortureMutant[] = [
  {
    ...IN_SIMULATION,
    name: 'session-never-held',
    edits: [
      {
        file: 'hub/dist/store/sqlite/resume-facts.js',
        find: 'held: holdOfSession(core, session, besides),',
        replace: 'held: null,',
      },
    ],
    seenAs: ['lease'],
  },
  {
    ...IN_SIMULATION,
    name: 'conversation-never-held',
    edits: [
      {
        file: 'hub/dist/store/sqlite/holds.js',
        find: 'const asked = [value, flavor, key, besides, namespace.key, machineId, machineId];',
        replace: 'return null;',
      },
    ],
    seenAs: ['lease'],
  },
  {
    ...IN_SIMULATION,
    name: 'late-report-counts',
    edits: [
      {
        file: 'hub/dist/store/sqlite/runs/standing-of-run.js',
        find: 'newest?.key === run.key',
        replace: 'newest !== undefined',
      },
    ],
    seenAs: ['lease'],
  },
  {
    ...IN_SIMULATION,
    name: 'late-token-forgotten',
    edits: [
      {
        file: `${RUNS}/lose-lease.js`,
        find: 'if (token !== undefined)',
        replace: 'if (false)',
      },
    ],
    seenAs: ['token'],
  },
  {
    ...IN_SIMULATION,
    name: 'restart-ends-runs',
    edits: [
      {
        file: DESK,
        find: 'for (const live of page.items)',
        replace: `await parts.store.endRuns({
                runs: page.items.map(({ namespace, run }) => ({ namespace, run: run.id })),
                outcome: 'interrupted', endedBy: 'hub',
            });
            for (const live of page.items)`,
      },
    ],
    seenAs: ['restart'],
  },
  {
    ...IN_SIMULATION,
    name: 'restart-gives-no-lease',
    edits: [
      {
        file: DESK,
        find: `else if (phase === 'running')`,
        replace: `else if (phase === 'running' && !this.leases.has(key))
            this.leases.hold(key, 2000);
        else if (phase === 'running')`,
      },
    ],
    seenAs: ['lease'],
  },
  {
    ...IN_SIMULATION,
    name: 'interrupted-passes',
    edits: [
      {
        file: 'shared/dist/resume/checks/last-run.js',
        find: `return 'run_interrupted';`,
        replace: 'return null;',
      },
    ],
    seenAs: ['verdict'],
  },
  {
    ...IN_SIMULATION,
    name: 'another-conversation-confirms',
    edits: [
      {
        file: `${RUNS}/report-token.js`,
        find: 'return isUnconfirmed(record.state) && record.token !== token;',
        replace: 'return false;',
      },
    ],
    seenAs: ['token'],
  },
  {
    ...IN_SIMULATION,
    name: 'lists-not-told-of-an-end',
    edits: [
      {
        file: `${RUNS}/ends.js`,
        find: 'refreshVerdict(core, run.session);',
        replace: '',
      },
    ],
    seenAs: ['verdict'],
  },
]
