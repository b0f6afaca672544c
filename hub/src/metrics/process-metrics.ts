import { gauge, type Metric } from './metric.ts'

export interface Program {
  /** The SQLite library that keeps the store. */
  readonly library: string
  readonly startedAt: number
}

/** The program itself: which it is, since when it runs, and what it takes. */
export function processMetrics({ library, startedAt }: Program): readonly Metric[] {
  const runtime = process.versions['bun'] === undefined ? 'node' : 'bun'
  return [
    {
      name: 'holdfast_info',
      help: 'Which hub this is; always 1.',
      type: 'gauge',
      read: () => [{ labels: { runtime, library }, value: 1 }],
    },
    gauge(
      'holdfast_start_time_seconds',
      'When the hub started, in seconds since 1970.',
      () => startedAt / 1000,
    ),
    gauge('holdfast_resident_memory_bytes', 'Memory that the process holds.', () =>
      process.memoryUsage.rss(),
    ),
  ]
}
