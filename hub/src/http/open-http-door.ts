import { refuse } from '@holdfast/shared/errors/holdfast-error'
import { RELEASED_PROTOCOL_HEADER } from '@holdfast/shared/protocol/version'
import { Hono } from 'hono'
import { httpMetrics } from '../metrics/http-metrics.ts'
import { apiHandlers } from './api/api-handlers.ts'
import { publicHandlers } from './api/public-handlers.ts'
import { serveApi } from './api/serve-api.ts'
import { AddressLimits, type Limits } from './address-limits.ts'
import { admitted } from './admitted.ts'
import { authenticated } from './authenticated.ts'
import { BodyReader } from './body-reader.ts'
import { cliClaims } from './cli-claims.ts'
import { cliMachines } from './cli-machines.ts'
import { cliRuns } from './cli-runs.ts'
import { cliSessions } from './cli-sessions.ts'
import type { DoorEnv } from './door-env.ts'
import { errorsOnly } from './errors-only.ts'
import { readyRoute, upRoute } from './health.ts'
import { noHttpCounts, statusClass } from './http-counts.ts'
import type { HttpDoor, HttpDoorParts } from './http-door.ts'
import { limited } from './limited.ts'
import { metricsRoute } from './metrics-route.ts'
import { Readiness } from './readiness.ts'
import { referencePages } from './reference/reference-pages.ts'
import { refusalAnswer } from './refusal-answer.ts'
import { refusalOfFailure } from './refusal-of-failure.ts'
import { refuseOtherMethods } from './refuse-other-methods.ts'
import { securityHeaders } from './security-headers.ts'

const API_LIMITS: Limits = { burst: 400, perSecond: 200, inFlight: 64, addresses: 10_000 }

const SHUTTING_DOWN = refuse('shutting_down', 'The hub is shutting down. Try again in a moment.')
const NOT_FOUND = refuse('not_found', 'There is nothing at this address.')

/** Everything that is asked over HTTP, in this order: where it was meant to go, whether we serve, who asks, what is sent. */
export function openHttpDoor(parts: HttpDoorParts): HttpDoor {
  const app = new Hono<DoorEnv>()
  const bodies = new BodyReader()
  guard(app, parts)
  serveEverybody(app, parts, bodies)
  authenticate(app, parts)
  serveCallers(app, parts, bodies)
  refuseOtherMethods(app)
  app.notFound((c) => refusalAnswer(c, NOT_FOUND))
  app.onError((error, c) => refusalAnswer(c, refusalOfFailure(error, parts.log, c.req.method)))
  const counts = noHttpCounts()
  parts.metrics.add(httpMetrics(counts))
  return async (request, address) => {
    const answer = await app.fetch(request, { address, counts })
    counts.answers[statusClass(answer.status)] += 1
    return answer
  }
}

function guard(app: Hono<DoorEnv>, { admission, isShuttingDown, now }: HttpDoorParts): void {
  app.use(securityHeaders)
  app.use('/cli/*', async (c, next) => {
    await next()
    c.header(RELEASED_PROTOCOL_HEADER.name, RELEASED_PROTOCOL_HEADER.value)
  })
  app.use(errorsOnly)
  app.use(admitted(admission))
  app.route('/', upRoute())
  app.use(async (c, next) => (isShuttingDown() ? refusalAnswer(c, SHUTTING_DOWN) : next()))
  const limits = limited(new AddressLimits(API_LIMITS, now))
  app.use('/api/*', limits)
  app.use('/metrics', limits)
}

function serveEverybody(app: Hono<DoorEnv>, parts: HttpDoorParts, bodies: BodyReader): void {
  app.route('/', readyRoute(new Readiness(parts)))
  app.route('/', referencePages())
  serveApi(app, publicHandlers(parts), bodies)
  refuseOtherMethods(app)
}

function authenticate(app: Hono<DoorEnv>, { gate, logins }: HttpDoorParts): void {
  app.use('/api/*', authenticated(gate, { saysRateLimited: true, logins }))
  app.use('/metrics', authenticated(gate, { saysRateLimited: true }))
  app.use('/cli/*', authenticated(gate, { saysRateLimited: false }))
}

function serveCallers(app: Hono<DoorEnv>, parts: HttpDoorParts, bodies: BodyReader): void {
  app.route('/cli/sessions', cliSessions(parts, bodies))
  app.route('/cli/machines', cliMachines(parts, bodies))
  app.route('/cli/claims', cliClaims(parts.runs, bodies))
  app.route('/cli/runs', cliRuns(parts.runs, bodies))
  app.route('/', metricsRoute(parts.metrics))
  serveApi(app, apiHandlers(parts), bodies)
}
