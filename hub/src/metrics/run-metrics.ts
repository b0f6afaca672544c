import type { RunDesk } from '../runs/run-desk.ts'
import { labelledCounter } from './labelled-counter.ts'
import { counter, type Metric } from './metric.ts'

/** Who runs, what those who asked were told, and who fell silent. */
export function runMetrics({ live, counts }: RunDesk): readonly Metric[] {
  return [
    {
      name: 'holdfast_runs',
      type: 'gauge',
      help: 'Runs that are live, by how they came about.',
      read: () => Object.entries(live.counts).map(([kind, value]) => ({ labels: { kind }, value })),
    },
    labelledCounter(
      { name: 'holdfast_claims_total', help: 'Claims, by what they were told.', label: 'decision' },
      () => counts.claims,
    ),
    counter(
      'holdfast_runs_interrupted_total',
      'Runs that were ended because nothing was heard of them within their lease.',
      () => counts.swept,
    ),
  ]
}
