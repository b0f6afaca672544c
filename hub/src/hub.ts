import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { AsyncScope } from '@holdfast/shared/scope/async-scope'
import { admissionFor } from './auth/host-and-origin.ts'
import { Devices } from './auth/devices.ts'
import { LoginCookies } from './auth/login-cookies.ts'
import { rootToken, type RootToken } from './auth/root-token.ts'
import { TokenGate } from './auth/token-gate.ts'
import type { Config, Settings } from './config/read-config.ts'
import { FeedSessionEvents } from './feed/feed-session-events.ts'
import { SocketRooms } from './feed/socket-rooms.ts'
import { openHttpDoor } from './http/open-http-door.ts'
import type { HttpDoor } from './http/http-door.ts'
import { openFrontDoor } from './listen/front-door.ts'
import { InFlight } from './listen/in-flight.ts'
import { LivePresence } from './live/live-presence.ts'
import { LiveRpcRegistry } from './live/live-rpc-registry.ts'
import type { Log } from './log/log.ts'
import { feedMetrics } from './metrics/feed-metrics.ts'
import { Metrics } from './metrics/metrics.ts'
import { processMetrics } from './metrics/process-metrics.ts'
import { runMetrics } from './metrics/run-metrics.ts'
import { socketMetrics } from './metrics/socket-metrics.ts'
import { storeMetrics } from './metrics/store-metrics.ts'
import { KillMarks } from './runs/kill-marks.ts'
import { LeaseSweep } from './runs/lease-sweep.ts'
import { ResumeInPlace } from './runs/resume-in-place.ts'
import { RunDesk } from './runs/run-desk.ts'
import { openSocketDoor } from './socket/open-socket-door.ts'
import { Retention, RETENTION, type RetentionOptions } from './store/retention.ts'
import { openSqliteStore } from './store/sqlite/sqlite-store.ts'
import { within } from './within.ts'

/** What an ending hub gives those it is answering, before it cuts them off. */
const DRAIN_MS = 3500

/** What comes from outside the program. */
export interface Outside {
  readonly now: () => number
  /** Milliseconds of a clock that only runs forward. */
  readonly elapsed: () => number
  readonly log: Log
}

export interface Hub extends AsyncDisposable {
  readonly url: string
  readonly database: string
  /** The SQLite library that keeps it. */
  readonly library: string
  readonly token: RootToken
  /** What the operator should know about how the database was opened. */
  readonly notices: readonly string[]
  /** Settles when the hub can not go on, with the reason. */
  readonly failed: Promise<Error>
}

function retentionOf({ journalEntries, journalBytes }: Config): RetentionOptions {
  return { ...RETENTION, keepEntries: journalEntries, keepBytes: journalBytes }
}

/** Starts everything, in this order, and ends it in reverse: doors first, the store last. */
export async function startHub({ config, secrets }: Settings, { now, elapsed, log }: Outside): Promise<Hub> {
  await using scope = new AsyncScope()
  const store = scope.use(await openSqliteStore(config.database, { now, log }))
  const token = rootToken(config.home, secrets.token)
  scope.use(new Retention(store, (error) => log.error('retention failed', error), retentionOf(config)))
  const gate = scope.use(new TokenGate({ store, rootToken: token.token, now, log }))
  const admission = admissionFor(config)
  const presence = new LivePresence(now)
  const registry = new LiveRpcRegistry()
  const kills = new KillMarks(elapsed)
  const runs = await RunDesk.open({ store, log, leaseMs: config.leaseMs, elapsed })
  scope.use(new LeaseSweep(runs, (error) => log.error('a sweep of leases failed', error)))
  const resumes = new ResumeInPlace({ store, desk: runs, calls: registry, log, now, newId: randomUUID })
  const answering = new InFlight()
  let ending = false
  const isShuttingDown = (): boolean => ending

  const devices = new Devices(store, gate)
  const logins = new LoginCookies({ rootToken: token.token, gate, now })
  const metrics = new Metrics()
  metrics.add(processMetrics({ library: store.library, startedAt: now() }))
  metrics.add(storeMetrics(store))
  metrics.add(runMetrics(runs))
  const both = { store, gate, logins, presence, runs, kills, log, now }
  const answer = openHttpDoor({
    ...both,
    calls: registry,
    resumes,
    admission,
    devices,
    metrics,
    isShuttingDown,
  })
  const http: HttpDoor = (request, address) => answering.track(answer(request, address))
  const frontDoor = scope.use(
    await openFrontDoor({ host: config.host, port: config.port, http, admission, isShuttingDown }),
  )
  const rooms = new SocketRooms(frontDoor.io.of('/cli'), now)
  const events = scope.use(new FeedSessionEvents({ store, rooms, now, log }))
  const sockets = openSocketDoor({
    ...both,
    io: frontDoor.io,
    addressOf: frontDoor.addressOf,
    registry,
    events,
    rooms,
    later: (ms) => setTimeout(ms, undefined, { ref: false }),
  })
  metrics.add(socketMetrics(sockets.counts))
  metrics.add(feedMetrics(events))
  scope.defer(async () => {
    ending = true
    resumes.shutDown()
    frontDoor.stopAccepting()
    const answered = await within(Promise.all([sockets.drain(), answering.settled()]), DRAIN_MS)
    if (!answered) log.warn('connections were cut before they were answered', { requests: answering.count })
  })

  const url = await frontDoor.listen()
  const owned = scope.move()
  return {
    url,
    token,
    database: config.database,
    library: store.library,
    notices: store.notices,
    failed: store.failed,
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  }
}
