import type { Role } from '@holdfast/shared/records/device'
import { AsyncScope } from '@holdfast/shared/scope/async-scope'
import type { Server } from 'socket.io'
import { Devices, type AddedDevice } from '../../auth/devices.ts'
import { LoginCookies } from '../../auth/login-cookies.ts'
import { TokenGate } from '../../auth/token-gate.ts'
import { BEHIND_LIMITS, type BehindLimits } from '../../feed/behind-members.ts'
import { FeedSessionEvents } from '../../feed/feed-session-events.ts'
import { SocketRooms } from '../../feed/socket-rooms.ts'
import { openFrontDoor } from '../../listen/front-door.ts'
import { LivePresence } from '../../live/live-presence.ts'
import { LiveRpcRegistry } from '../../live/live-rpc-registry.ts'
import type { Log } from '../../log/log.ts'
import { KillMarks } from '../../runs/kill-marks.ts'
import { RunDesk } from '../../runs/run-desk.ts'
import { ACTOR, born, read, TestClock } from '../../store/contract/test-store.ts'
import { openSqliteStore } from '../../store/sqlite/sqlite-store.ts'
import type { CreateSession, SessionKey, Store } from '../../store/store.ts'
import { openSocketDoor } from '../open-socket-door.ts'
import { WATCH_LIMITS, type WatchLimits } from '../../watch/watch-limits.ts'
import type { SocketDoor, SocketDoorParts } from '../socket-door.ts'
import { TestClient, type Auth } from './test-client.ts'

export const ROOT_TOKEN = 'root-token-of-these-tests'

export const LEASE_MS = 30_000

/** What released clients need to be sent at all. */
export const PLACE = { path: '/p', host: 'h' }

export interface WorldOptions {
  /** The store as the door sees it. */
  readonly store?: (store: Store) => Store
  /** Resolves at once where it is left out. */
  readonly later?: (ms: number) => Promise<void>
  readonly watch?: Partial<WatchLimits>
  readonly behind?: Partial<BehindLimits>
}

/** A door on a real server, with a real store and everything else real; only the clock stands still. */
export interface SocketWorld extends AsyncDisposable {
  readonly store: Store
  readonly io: Server
  readonly clock: TestClock
  readonly presence: LivePresence
  readonly registry: LiveRpcRegistry
  readonly runs: RunDesk
  readonly kills: KillMarks
  readonly devices: Devices
  readonly logins: LoginCookies
  readonly door: SocketDoor
  readonly url: string
  readonly port: number
  /** The log, each line as JSON. */
  readonly lines: readonly string[]
  /** A connected client; with the root token where nothing else is said. */
  readonly connect: (auth?: Auth) => Promise<TestClient>
  /** A client that is connecting. */
  readonly knock: (auth: object, namespace?: string) => TestClient
  readonly born: (metadata?: object, more?: Partial<CreateSession>) => Promise<SessionKey>
  readonly machine: (id: string, metadata?: object, namespace?: string) => Promise<void>
  readonly device: (role: Role, namespace?: string) => Promise<AddedDevice>
}

export async function openSocketWorld(options: WorldOptions = {}): Promise<SocketWorld> {
  const scope = new AsyncScope()
  const clock = new TestClock()
  const { now } = clock
  const lines: string[] = []
  const log = logTo(lines)
  const store = scope.use(await openSqliteStore(':memory:', { now }))
  const gate = scope.use(new TokenGate({ store, rootToken: ROOT_TOKEN, now, log }))
  const logins = new LoginCookies({ rootToken: ROOT_TOKEN, gate, now })
  const frontDoor = scope.use(
    await openFrontDoor({
      host: '127.0.0.1',
      port: 0,
      admission: { refusalOf: () => null },
      isShuttingDown: () => false,
      http: () => Promise.resolve(new Response(null, { status: 404 })),
    }),
  )
  const rooms = new SocketRooms(frontDoor.io.of('/cli'), now, { ...BEHIND_LIMITS, ...options.behind })
  const served = options.store?.(store) ?? store
  const live = {
    presence: new LivePresence(now),
    registry: new LiveRpcRegistry(),
    runs: await RunDesk.open({ store: served, log, leaseMs: LEASE_MS, elapsed: now }),
    kills: new KillMarks(now),
  }
  const parts: SocketDoorParts = {
    io: frontDoor.io,
    addressOf: frontDoor.addressOf,
    gate,
    logins,
    rooms,
    log,
    now,
    ...live,
    store: served,
    events: scope.use(new FeedSessionEvents({ store, rooms, now, log })),
    later: options.later ?? (() => Promise.resolve()),
  }
  const door = openSocketDoor(parts, { ...WATCH_LIMITS, ...options.watch })
  const url = await frontDoor.listen()
  const devices = new Devices(store, gate)
  const knock = (auth: object, namespace = '/cli'): TestClient => {
    const client = new TestClient(`${url}${namespace}`, auth)
    scope.defer(() => client[Symbol.dispose]())
    return client
  }
  return {
    store,
    io: frontDoor.io,
    clock,
    devices,
    logins,
    door,
    url,
    lines,
    knock,
    ...live,
    port: Number(new URL(url).port),
    async connect(auth = {}) {
      const client = knock({ token: ROOT_TOKEN, clientType: 'session-scoped', ...auth })
      await client.connected()
      return client
    },
    born: (metadata = PLACE, more = {}) => born(store, metadata, { actor: ACTOR, ...more }),
    async machine(id, metadata = {}, namespace = 'default') {
      const made = await store.createOrLoadMachine({ namespace, id, metadata })
      if ('kind' in made) throw new Error(made.message)
    },
    async device(role, namespace = 'default') {
      const added = await devices.add({ namespace, role: 'admin', device: null }, { name: role, role })
      if ('kind' in added) throw new Error(added.message)
      return added
    },
    [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose](),
  }
}

/** The session's version, and its metadata. */
export async function versionAndMetadata(store: Store, key: SessionKey): Promise<[number, object]> {
  const { metadataVersion, metadata } = await read(store, key)
  return [metadataVersion, metadata]
}

function logTo(lines: string[]): Log {
  const keep = (...said: readonly unknown[]): void =>
    void lines.push(
      JSON.stringify(said, (_, value: unknown) => (value instanceof Error ? String(value.stack) : value)),
    )
  return { debug: keep, info: keep, warn: keep, error: keep }
}
