import type { FindingKind } from './finding.ts'
import type { MutantBuild } from './layout.ts'
import type { RuntimeName } from './runtimes.ts'

/** One deliberate mistake, the scenario that must see it, and as what. */
export interface TortureMutant extends MutantBuild {
  readonly scenario: string
  readonly seenAs: readonly FindingKind[]
  readonly runtimes: readonly RuntimeName[]
}

const QUEUE = 'hub/dist/store/sqlite/commit-queue.js'

export const synchronousNormal: TortureMutant = {
  name: 'synchronous-normal',
  edits: [
    {
      file: 'hub/dist/store/sqlite/open.js',
      find: 'pragma synchronous = full',
      replace: 'pragma synchronous = normal',
    },
    { file: 'hub/dist/store/sqlite/open.js', find: 'if (synchronous !== 2)', replace: 'if (false)' },
  ],
  scenario: 'power-loss',
  seenAs: ['lost'],
  runtimes: ['node'],
}

export const STORE_MUTANTS: readonly TortureMutant[] = [
  {
    // The answers go out in this turn of the event loop, the commit comes in the next one.
    name: 'ack-before-commit',
    edits: [
      {
        file: QUEUE,
        find: `this.#driver.exec('commit');`,
        replace: `setImmediate(() => this.#driver.exec('commit'));`,
      },
    ],
    scenario: 'crash-points',
    seenAs: ['lost'],
    runtimes: ['node'],
  },
  synchronousNormal,
  {
    name: 'version-check-skipped',
    edits: [
      {
        file: 'hub/dist/sessions/update-session-metadata.js',
        find: 'if (request.expectedVersion !== head.version)',
        replace: 'if (false)',
      },
    ],
    scenario: 'kill',
    seenAs: ['stale'],
    runtimes: ['node'],
  },
  {
    name: 'no-carry-forward',
    edits: [
      {
        file: 'shared/dist/metadata/merge.js',
        find: 'if (protectedKind(name) !== undefined)\n            kept.push(name);',
        replace: `if (protectedKind(name) !== undefined)\n            draft.change(name, undefined, 'left-out');`,
      },
    ],
    scenario: 'kill',
    seenAs: ['token'],
    runtimes: ['node'],
  },
  {
    name: 'dedupe-off',
    edits: [
      {
        file: 'hub/dist/store/sqlite/mutations.js',
        find: 'sql.get(INSERT_MUTATION)',
        replace: 'true ? { changes: 1 } : sql.get(INSERT_MUTATION)',
      },
    ],
    scenario: 'kill',
    seenAs: ['replay', 'lost'],
    runtimes: ['node'],
  },
  {
    name: 'lock-not-taken',
    edits: [{ file: 'hub/dist/store/sqlite/lock.js', find: 'begin exclusive', replace: 'select 1' }],
    scenario: 'two-hubs',
    seenAs: ['exclusion'],
    runtimes: ['node', 'bun'],
  },
  {
    name: 'failed-commit-is-definite',
    edits: [
      {
        file: QUEUE,
        find: `const definite = faultOf(error) === 'full' && !this.#driver.inTransaction;`,
        replace: 'const definite = true;',
      },
    ],
    scenario: 'eio',
    seenAs: ['not-stopped'],
    runtimes: ['node'],
  },
  {
    name: 'full-disk-stops',
    edits: [
      {
        file: QUEUE,
        find: `return fault === 'bug' ? new JobFailed(error) : sameFor(batch, storageError(error));`,
        replace: `return this.#failStop(batch, error);`,
      },
      {
        file: QUEUE,
        find: `const definite = faultOf(error) === 'full' && !this.#driver.inTransaction;`,
        replace: 'const definite = false;',
      },
    ],
    scenario: 'disk-full',
    seenAs: ['full-disk'],
    runtimes: ['node'],
  },
]
