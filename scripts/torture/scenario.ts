import type { Bench, Layout } from './bench.ts'
import type { Report } from './finding.ts'
import type { Runtime } from './runtimes.ts'

/** What a scenario works on: a build, on the given runtimes, for a given amount. */
export interface Trial {
  readonly layout: Layout
  readonly runtimes: readonly Runtime[]
  /** A small part of the scenario, as much as shows a mistake of the kind that it is there for. */
  readonly reduced: boolean
}

export interface Scenario {
  readonly name: string
  /** Why it can not run here; null where it can. */
  obstacle(bench: Bench): string | null
  run(bench: Bench, trial: Trial): Promise<Report>
}

export function needsTracer(bench: Bench): string | null {
  return bench.traces ? null : 'strace is not installed, or may not trace here'
}

export function needsNothing(): null {
  return null
}
