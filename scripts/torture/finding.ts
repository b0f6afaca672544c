/** What can be wrong with a store, or a hub, that was tortured. */
export type FindingKind =
  /** An acknowledged write is not there. */
  | 'lost'
  /** Something is there that was refused, or that nobody sent. */
  | 'ghost'
  | 'half-batch'
  /** Versions of a session, or seqs of the feed, are not contiguous. */
  | 'gap'
  /** The journal and the document say different things. */
  | 'fold'
  /** A resume token went without having been given up. */
  | 'token'
  /** A mutation id took effect twice, or its retry got another answer. */
  | 'replay'
  /** A write against an old version was taken. */
  | 'stale'
  | 'refused-start'
  | 'integrity'
  /** A failed commit was reported as something certain, or the store went on after it. */
  | 'not-stopped'
  | 'full-disk'
  /** More or fewer hubs than one serve a file, or the others do not say why. */
  | 'exclusion'
  /** Answers contradict the order in which the calls were made and answered. */
  | 'order'
  /** Two writes were answered one version. */
  | 'duplicate'
  /** What a reader or a subscriber was shown is not what the session was at that version. */
  | 'shown'
  /** A call was never answered, on a connection that stayed. */
  | 'unanswered'
  /** A call that is right was refused. */
  | 'refused'
  /** A client was refused, or disconnected so that it would not come back, for a passing cause. */
  | 'sent-away'
  /** The hub ended by itself, or no longer serves. */
  | 'fell'
  /** The hub does not end as it is told to. */
  | 'end'
  /** The hub's memory grows without bound. */
  | 'memory'
  /** The access token stands in what the hub printed. */
  | 'leak'
  /** Two programs are let into one conversation, or a lease is taken away, or kept, against the rules. */
  | 'lease'
  /** A verdict, or a token that was given out with one, is not what is on record. */
  | 'verdict'
  /** A restart changed what is stored. */
  | 'restart'
  | 'hang'
  /** The harness itself did not do its work, so that it proves nothing. */
  | 'harness'

export interface Finding {
  readonly kind: FindingKind
  readonly what: string
}

/** What one scenario did, for its closing line, and what it found. */
export interface Report {
  readonly counts: { readonly [name: string]: number }
  readonly findings: readonly Finding[]
}

/** A scenario in which nothing ran must fail: it would find nothing, whatever is broken. */
export function floor(name: string, actual: number, least: number): Finding[] {
  if (actual >= least) return []
  return [{ kind: 'harness', what: `only ${actual} ${name}, at least ${least} were expected` }]
}

export function mergeReports(reports: readonly Report[]): Report {
  const counts: Record<string, number> = {}
  for (const report of reports)
    for (const [name, count] of Object.entries(report.counts)) counts[name] = (counts[name] ?? 0) + count
  return { counts, findings: reports.flatMap((report) => report.findings) }
}
