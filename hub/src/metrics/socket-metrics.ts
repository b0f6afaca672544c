import type { SocketCounts } from '../socket/socket-counts.ts'
import { labelledCounter } from './labelled-counter.ts'
import { counter, gauge, type Metric } from './metric.ts'

/** What came in over sockets. */
export function socketMetrics(counts: Readonly<SocketCounts>): readonly Metric[] {
  return [
    gauge('holdfast_sockets', 'Sockets that are connected.', () => counts.connections),
    labelledCounter(
      {
        name: 'holdfast_sockets_refused_total',
        help: 'Sockets that did not come about: refused for good, or cut so that the client comes back.',
        label: 'how',
      },
      () => ({ refused: counts.refusedConnections, cut: counts.cutConnections }),
    ),
    counter('holdfast_socket_writes_total', 'Writes that were taken from sockets.', () => counts.writes),
    counter(
      'holdfast_socket_acks_total',
      'Writes from sockets that were answered with success or a conflict.',
      () => counts.acks,
    ),
    labelledCounter(
      {
        name: 'holdfast_socket_refusals_total',
        help: 'Requests over sockets that were declined or failed, by code.',
        label: 'code',
      },
      () => counts.codes,
    ),
    labelledCounter(
      {
        name: 'holdfast_socket_events_ignored_total',
        help: 'Events that were not looked at: of no meaning here, over a limit, or after the end began.',
        label: 'why',
      },
      () => ({ unknown: counts.dropped, over_limit: counts.overLimit, too_late: counts.tooLate }),
    ),
  ]
}
