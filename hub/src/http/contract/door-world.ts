import { randomUUID } from 'node:crypto'
import { Devices } from '../../auth/devices.ts'
import { admissionFor } from '../../auth/host-and-origin.ts'
import { LoginCookies } from '../../auth/login-cookies.ts'
import { TokenGate } from '../../auth/token-gate.ts'
import { LivePresence } from '../../live/live-presence.ts'
import { LiveRpcRegistry } from '../../live/live-rpc-registry.ts'
import type { Log, LogFacts } from '../../log/log.ts'
import { Metrics } from '../../metrics/metrics.ts'
import { KillMarks } from '../../runs/kill-marks.ts'
import { ResumeInPlace } from '../../runs/resume-in-place.ts'
import { RunDesk } from '../../runs/run-desk.ts'
import { changed } from '../../socket/contract/changed-store.ts'
import { openSqliteStore } from '../../store/sqlite/sqlite-store.ts'
import type { Store } from '../../store/store.ts'
import type { HttpDoor } from '../http-door.ts'
import { openHttpDoor } from '../open-http-door.ts'
import { checkApiExchange } from './api-check.ts'

export const ROOT_TOKEN = 'root-token-of-these-tests'
export const HOST = '127.0.0.1:4006'
export const UUID = '0f8fad5b-d9cb-469f-a165-70867728950e'
export const RESUME_TOKEN = 'b7e5a0a2-resume-token-of-claude'

/** What is asked. A body that is neither text nor bytes nor a stream is sent as JSON. */
export interface Asking {
  readonly method?: string
  readonly path: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Null: no Authorization header. */
  readonly token?: string | null
  readonly address?: string
  /** The authority of the address, where that is not the host. */
  readonly authority?: string
}

export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly body: Record<string, unknown>
  readonly text: string
}

export interface WorldOptions {
  readonly path?: string
  readonly store?: (store: Store) => Store
}

interface LogLine {
  readonly what: string
  readonly facts: LogFacts | undefined
  readonly error?: unknown
}

interface WorldParts {
  readonly store: Store
  /** The store as the door sees it. */
  readonly served: Store
  readonly desk: RunDesk
  readonly lines: LogLine[]
}

/** A door on a real store, with everything real but the wire and the clock. */
export class DoorWorld implements AsyncDisposable {
  readonly store: Store
  readonly metrics = new Metrics()
  readonly presence: LivePresence
  readonly registry = new LiveRpcRegistry()
  readonly kills: KillMarks
  readonly desk: RunDesk
  readonly resumes: ResumeInPlace
  readonly lines: LogLine[]
  readonly door: HttpDoor
  time = 1_700_000_000_000
  ending = false
  readonly #gate: TokenGate

  static async open(options: WorldOptions = {}): Promise<DoorWorld> {
    const clock = { now: (): number => 0 }
    const elapsed = (): number => clock.now()
    const store = await openSqliteStore(options.path ?? ':memory:', { now: elapsed })
    const served = options.store?.(store) ?? store
    const lines: DoorWorld['lines'] = []
    // What was live before is read by the real store, whatever the served one can not do.
    const deskStore = changed(served, { liveRuns: (request) => store.liveRuns(request) })
    const desk = await RunDesk.open({ store: deskStore, log: logTo(lines), leaseMs: 30_000, elapsed })
    const world = new DoorWorld({ store, served, desk, lines })
    clock.now = world.now
    return world
  }

  private constructor({ store, served, desk, lines }: WorldParts) {
    this.store = store
    this.desk = desk
    this.lines = lines
    const { now } = this
    const { registry: calls, log } = this
    this.presence = new LivePresence(now)
    this.kills = new KillMarks(now)
    this.resumes = new ResumeInPlace({ store: served, desk, calls, log, now, newId: randomUUID })
    this.#gate = new TokenGate({ store, rootToken: ROOT_TOKEN, now, log: this.log })
    this.door = openHttpDoor({
      store: served,
      gate: this.#gate,
      logins: new LoginCookies({ rootToken: ROOT_TOKEN, gate: this.#gate, now }),
      admission: admissionFor({
        host: '127.0.0.1',
        allowedHosts: [],
        allowedOrigins: ['https://hub.example'],
      }),
      devices: new Devices(store, this.#gate),
      presence: this.presence,
      calls,
      kills: this.kills,
      runs: desk,
      resumes: this.resumes,
      metrics: this.metrics,
      log: this.log,
      now,
      isShuttingDown: () => this.ending,
    })
  }

  readonly now = (): number => this.time

  get log(): Log {
    return logTo(this.lines)
  }

  async ask(asking: Asking): Promise<Answered> {
    const response = await this.door(requestOf(asking), asking.address ?? '127.0.0.1')
    const text = await response.text()
    const isPage = response.headers.get('content-type')?.startsWith('text/html') === true
    const body = text === '' || isPage ? {} : (JSON.parse(text) as Record<string, unknown>)
    const { method = 'GET', path } = asking
    checkApiExchange({ method, path: path.replace(/\?.*$/, ''), status: response.status, body })
    return { status: response.status, headers: response.headers, body, text }
  }

  /** Makes a session with a token over the door, and gives its id. */
  async session(metadata: object = {}, more: object = {}, token = ROOT_TOKEN): Promise<string> {
    this.#sessions += 1
    const body = {
      tag: `tag ${this.#sessions}`,
      metadata: { path: '/work', host: 'box', flavor: 'claude', claudeSessionId: RESUME_TOKEN, ...metadata },
      ...more,
    }
    const answer = await this.ask({ method: 'POST', path: '/cli/sessions', body, token })
    return (granted(answer)['session'] as { id: string }).id
  }

  /** The token of a new device with this role. */
  async device(role: string, token = ROOT_TOKEN): Promise<{ id: string; token: string }> {
    const body = { name: `a ${role}`, role }
    const answer = await this.ask({ method: 'POST', path: '/api/devices', body, token })
    const { device, token: given } = granted(answer) as { device: { id: string }; token: string }
    return { id: device.id, token: given }
  }

  alive(session: string, connection = 'c1', namespace = 'default'): void {
    this.presence.sessionAlive({ namespace, session }, connection, { thinking: false })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#gate[Symbol.asyncDispose]()
    await this.store.close()
  }

  #sessions = 0
}

function logTo(lines: LogLine[]): Log {
  const note = (what: string, facts?: LogFacts): void => void lines.push({ what, facts })
  return {
    debug: note,
    info: note,
    warn: note,
    error: (what, error, facts) => void lines.push({ what, facts, error }),
  }
}

function granted(answer: Answered): Record<string, unknown> {
  if (answer.status !== 200) throw new Error(`The hub said ${answer.status}: ${answer.text}`)
  return answer.body
}

export function requestOf({ method = 'GET', path, body, headers, token, authority = HOST }: Asking): Request {
  const all: Record<string, string> = { host: HOST }
  if (token !== null) all['authorization'] = `Bearer ${token ?? ROOT_TOKEN}`
  if (body !== undefined) all['content-type'] = 'application/json'
  return new Request(`http://${authority}${path}`, {
    method,
    headers: without({ ...all, ...headers }),
    ...(body === undefined ? {} : { body: sent(body), duplex: 'half' }),
  })
}

type Body = NonNullable<RequestInit['body']>

/** A header that is to be left out is given as nothing. */
function without(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''))
}

function sent(body: unknown): Body {
  if (typeof body === 'string' || body instanceof Uint8Array || body instanceof ReadableStream) {
    return body as Body
  }
  return JSON.stringify(body)
}
