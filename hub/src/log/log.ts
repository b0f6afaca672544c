/** Facts of one line of the log: small values only, and never a token, a body or a header. */
export type LogFacts = { readonly [name: string]: string | number | boolean | null | undefined }

/** The hub's log. A line says what happened in a few fixed words; what differs from time to time is in its facts. */
export interface Log {
  debug(what: string, facts?: LogFacts): void
  info(what: string, facts?: LogFacts): void
  warn(what: string, facts?: LogFacts): void
  /** With the error itself, whose stack goes into the log and nowhere else. */
  error(what: string, error: unknown, facts?: LogFacts): void
}
