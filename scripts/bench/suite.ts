import type { Report } from './report.ts'

export interface SuiteOptions {
  readonly quick: boolean
  /** The groups to run; all where it is empty. */
  readonly only: readonly string[]
  /** Where the temporary folder is made. */
  readonly parent: string | undefined
  /** As it was typed, for the report. */
  readonly command: string
  readonly tell: (line: string) => void
}

/** A set of measurements with a report of its own. */
export interface Suite {
  readonly about: string
  /** What a run of so much takes. */
  readonly minutes: { readonly quick: string; readonly whole: string }
  readonly groups: readonly string[]
  run(options: SuiteOptions): Promise<Report>
}
