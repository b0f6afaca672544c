import type { SqliteStore } from '../store/sqlite/sqlite-store.ts'
import { labelledCounter } from './labelled-counter.ts'
import { counter, gauge, type Metric } from './metric.ts'

/** What became of writes, how they were committed, and how large the files are. */
export function storeMetrics(store: SqliteStore): readonly Metric[] {
  const { writes, runs, commits } = store.counts
  return [
    labelledCounter(
      {
        name: 'holdfast_writes_total',
        help: 'Writes of sessions, by what became of them; each that is written or unchanged is durable.',
        label: 'outcome',
      },
      () => writes.outcomes,
    ),
    counter(
      'holdfast_write_rebases_total',
      'Writes made against an older version that were merged into the newest one.',
      () => writes.rebased,
    ),
    counter(
      'holdfast_tokens_carried_forward_total',
      'Resume tokens that a whole blob left out and the hub kept.',
      () => writes.tokensCarried,
    ),
    {
      name: 'holdfast_run_writes_total',
      type: 'counter',
      help: 'Claims, reports, ends and evidence, by kind and by what became of them; each that is taken is durable.',
      read: () => runs.all().map(({ kind, outcome, count }) => ({ labels: { kind, outcome }, value: count })),
    },
    commits.sizes.metric('holdfast_commit_batch_size', 'Writes of any kind that were committed together.'),
    commits.seconds.metric(
      'holdfast_commit_seconds',
      'How long a commit took until the disk said that it is durable.',
    ),
    gauge('holdfast_writes_waiting', 'Writes that wait for their commit.', () => store.waiting),
    gauge('holdfast_database_bytes', 'Size of the database file.', () => store.fileBytes().database),
    gauge('holdfast_database_log_bytes', 'Size of its write-ahead log.', () => store.fileBytes().log),
  ]
}
