import { Hono } from 'hono'
import { EXPOSITION_TYPE } from '../metrics/exposition.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { DoorEnv } from './door-env.ts'

/** What there is to see of the hub, for a Prometheus with a token of any role. */
export function metricsRoute(metrics: Metrics): Hono<DoorEnv> {
  return new Hono<DoorEnv>().get('/metrics', (c) =>
    c.text(metrics.text(), 200, { 'Content-Type': EXPOSITION_TYPE }),
  )
}
