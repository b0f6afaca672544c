import type { Mutant } from '../mutant.ts'

const WRITE_COUNTS = 'hub/src/store/sqlite/write-counts.ts'
const RUN_WRITE_COUNTS = 'hub/src/store/sqlite/run-write-counts.ts'
const METRICS = ['hub/src/metrics/']
const LOG = ['hub/src/log/']
const STORE = ['hub/src/store/sqlite/backup.test.ts', 'hub/src/store/sqlite/restore-backup.test.ts']

/** Mistakes in what an operator sees and does. */
export const opsMutants: readonly Mutant[] = [
  {
    id: 'metrics-count-replays-as-writes',
    why: 'a retry that changed nothing is counted as another write',
    file: WRITE_COUNTS,
    find: "else if ('replayed' in answer) outcomes.replayed += 1",
    replace: "else if ('replayed' in answer) outcomes.written += 1",
    caughtBy: { files: METRICS, title: 'every number is exact' },
  },
  {
    id: 'metrics-patch-carries-tokens',
    why: 'every patch that does not name a token counts as one that would have lost it',
    file: WRITE_COUNTS,
    find: "if (!('metadata' in answer)) return",
    replace: '',
    caughtBy: { files: METRICS, title: 'every number is exact' },
  },
  {
    id: 'metrics-failed-reports-not-counted',
    why: 'nobody is woken while no run can be begun, reported or ended',
    file: RUN_WRITE_COUNTS,
    find: "this.#note(kind, 'failed')",
    replace: '',
    caughtBy: { files: ['hub/src/store/sqlite/run-write-counts.test.ts'], title: '[OP2]' },
  },
  {
    id: 'metrics-held-claims-counted-as-taken',
    why: 'a hub that gives nobody a run looks busy',
    file: RUN_WRITE_COUNTS,
    find: "new Set(['refused', 'held', 'unconfirmed'])",
    replace: "new Set(['refused'])",
    caughtBy: { files: ['hub/src/store/sqlite/run-write-counts.test.ts'], title: '[OP2]' },
  },
  {
    id: 'metrics-without-a-token',
    why: 'whoever reaches the port sees what the hub does',
    file: 'hub/src/http/open-http-door.ts',
    find: "app.use('/metrics', authenticated(gate, { saysRateLimited: true }))",
    replace: '',
    caughtBy: { files: METRICS, title: 'it takes a token' },
  },
  {
    id: 'histogram-ranges-not-added-up',
    why: 'the percentiles that are made of it are wrong',
    file: 'hub/src/metrics/histogram.ts',
    find: 'count += inRange',
    replace: 'count = inRange',
    caughtBy: { files: METRICS, title: 'of a histogram' },
  },
  {
    id: 'backup-for-any-admin',
    why: 'a device of one tenant copies the tokens of all',
    file: 'hub/src/http/api/backup.ts',
    find: 'if (caller.device !== null) return ROOT_ONLY',
    replace: '',
    caughtBy: { files: ['hub/src/http/backup.test.ts'], title: 'is not made for a device' },
  },
  {
    id: 'backup-follows-a-link-to-nowhere',
    why: 'a link that somebody put there is replaced, or decides where the backup goes',
    file: 'hub/src/store/sqlite/backup.ts',
    find: 'return lstatSync(file, { throwIfNoEntry: false }) !== undefined',
    replace: 'return realpathSync(file) !== undefined',
    caughtBy: { files: STORE, title: 'is a link, also one to nowhere' },
  },
  {
    id: 'two-backups-at-once',
    why: 'two backups of one file write into one draft, and half of one gets the name',
    file: 'hub/src/store/sqlite/sqlite-store.ts',
    find: 'this.#isBackingUp = true',
    replace: 'this.#isBackingUp = false',
    caughtBy: { files: STORE, title: 'while another one is made' },
  },
  {
    id: 'restore-revives-devices',
    why: 'a restore says that a device stays revoked, and its token opens the hub',
    file: 'hub/src/store/sqlite/keep-revoked.ts',
    find: "driver.exec('commit')",
    replace: "driver.exec('rollback')",
    caughtBy: { files: STORE, title: 'stays revoked, and is named' },
  },
  {
    id: 'log-shows-what-hangs-on-an-error',
    why: 'an error of a library brings a request with its token into the log',
    file: 'hub/src/log/log-error.ts',
    find: '    ...code,\n',
    replace: '    ...code,\n    ...error,\n',
    caughtBy: { files: LOG, title: 'nothing that hangs on it' },
  },
  {
    id: 'log-keeps-control-characters',
    why: 'a text from outside moves the cursor of whoever reads the log',
    file: 'hub/src/log/log-text.ts',
    find: ".replaceAll(UNSEEN, '\\uFFFD')",
    replace: '',
    caughtBy: { files: LOG, title: 'stays text on its line' },
  },
  {
    id: 'full-disk-under-the-log-ends-the-hub',
    why: 'a line of the log that can not be written ends the program',
    file: 'hub/src/log/standard-error.ts',
    find: '      // There is nobody left to tell.\n',
    replace: "      if (!this.#isBroken) throw new Error('The log can not be written.')\n",
    caughtBy: { files: LOG, title: 'a line is lost' },
  },
]
