import type { FeedSessionEvents } from '../feed/feed-session-events.ts'
import { gauge, type Metric } from './metric.ts'

/** How far behind the commits those are who are told of them. */
export function feedMetrics(events: FeedSessionEvents): readonly Metric[] {
  return [
    gauge(
      'holdfast_feed_lag_seconds',
      'For how long the oldest change that was not told to sockets yet has been waiting; 0 when all were.',
      () => events.lagMs / 1000,
    ),
  ]
}
