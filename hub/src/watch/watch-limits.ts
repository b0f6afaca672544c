/** What one watcher may cost. */
export interface WatchLimits {
  /** Changes in a page, and about how many bytes of them: one page is under way at a time. */
  readonly pageChanges: number
  readonly pageBytes: number
  /** Pages of a namespace that are kept, for watchers that stand at the same place. */
  readonly keptPages: number
  /** Within which a client says that it took in what it was told; it is cut otherwise, and comes back. */
  readonly ackMs: number
  readonly factsEveryMs: number
  readonly factsPerMessage: number
  /** Sessions whose facts wait for a client that has not taken in the last ones. */
  readonly owed: number
  /** After which a feed that could not be read is tried again. */
  readonly retryMs: number
  /** Requests to watch: one is enough. */
  readonly asks: { readonly burst: number; readonly perSecond: number }
}

export const WATCH_LIMITS: WatchLimits = {
  pageChanges: 256,
  pageBytes: 256 * 1024,
  keptPages: 8,
  ackMs: 30_000,
  factsEveryMs: 1000,
  factsPerMessage: 2000,
  owed: 20_000,
  retryMs: 1000,
  asks: { burst: 20, perSecond: 1 },
}
