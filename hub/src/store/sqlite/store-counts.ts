import type { CommitCounts } from './commit-counts.ts'
import type { RunWriteCounts } from './run-write-counts.ts'
import type { WriteCounts } from './write-counts.ts'

/** What became of writes and commits since the store was opened. */
export interface StoreCounts {
  /** Those of fields. */
  readonly writes: WriteCounts
  readonly runs: RunWriteCounts
  readonly commits: CommitCounts
}
