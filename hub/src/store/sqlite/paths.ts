/** The files that belong to one database. The first three are SQLite's alone: nothing of ours ever opens them. */
export interface StorePaths {
  readonly database: string
  readonly wal: string
  readonly shm: string
  /** A database of its own that only carries the lock: one hub per file. */
  readonly lock: string
  /** Who has the lock, and how much had been made durable when it was last written. */
  readonly mark: string
}

export function storePaths(database: string): StorePaths {
  return {
    database,
    wal: `${database}-wal`,
    shm: `${database}-shm`,
    lock: `${database}.lock`,
    mark: `${database}.mark`,
  }
}
