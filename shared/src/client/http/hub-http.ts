import { z } from 'zod'
import type { ErrorCode } from '../../errors/codes.ts'
import { HoldfastError } from '../../errors/holdfast-error.ts'
import { addDeviceAnswer, type AddDeviceAnswer, type AddDeviceBody } from '../../protocol/http/add-device.ts'
import { backupAnswer, type BackupAnswer } from '../../protocol/http/backup.ts'
import type { CreateSessionBody } from '../../protocol/http/create-session.ts'
import { devicesAnswer, type DevicesAnswer } from '../../protocol/http/devices.ts'
import { errorBody } from '../../protocol/http/error-body.ts'
import {
  patchSessionMetadataAnswer,
  patchSessionMetadataConflict,
  type PatchSessionMetadataBody,
} from '../../protocol/http/patch-session-metadata.ts'
import { session, type Session } from '../../protocol/http/session.ts'
import { sessionView, type SessionView } from '../../protocol/http/session-view.ts'
import { deviceRecordSchema, type DeviceRecord } from '../../records/device.ts'
import { backoffMs, type BackoffRange } from '../backoff.ts'
import { hubError, isPassing } from '../hub-error.ts'
import type { Outside } from '../outside.ts'
import { hubUrl } from './hub-url.ts'

const TIMEOUT_MS = 15_000
/** As long as the hub copies, nothing is said. */
const BACKUP_MS = 3_600_000
const MOST_TRIES = 3
const BACKOFF: BackoffRange = { firstMs: 250, mostMs: 2_000 }

/** After these nobody knows whether a change was taken. */
const UNKNOWN: ReadonlySet<ErrorCode> = new Set(['hub_unreachable', 'internal'])

export type Fetch = (url: URL, init: RequestInit) => Promise<Response>

export interface HubHttpParts {
  readonly url: string
  readonly token: string
  readonly fetch: Fetch
  readonly outside: Outside
}

interface Ask<Answer> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: object
  readonly answer: z.ZodType<Answer>
  /** Sent a second time it would be carried out a second time. */
  readonly once?: true
  readonly timeoutMs?: number
}

// As the hub sends them; a newer hub may say more than is known here.
const createdAnswer = z.object({ session: session.strip() })
const viewAnswer = z.object({ session: sessionView.strip() })
const addedDevice = addDeviceAnswer.extend({ device: deviceRecordSchema.strip() }).strip()
const listedDevices = devicesAnswer.extend({ devices: z.array(deviceRecordSchema.strip()) }).strip()
const revokedDevice = z.object({ device: deviceRecordSchema.strip() })
const backupMade = backupAnswer.strip()
const patchAnswer = z.union([patchSessionMetadataAnswer.strip(), patchSessionMetadataConflict.strip()])
export type PatchAnswer = z.infer<typeof patchAnswer>

/** Sent again with the same mutation id it takes effect once, so it has to have one. */
export type PatchSession = PatchSessionMetadataBody & { readonly mutationId: string }

/**
 * Asks the hub over HTTP. What it refuses, and what could not be asked, is thrown as a HoldfastError. Everything here may
 * be asked more than once: a passing failure is tried again, a few times.
 */
export class HubHttp {
  readonly #parts: HubHttpParts
  readonly #url: URL

  constructor(parts: HubHttpParts) {
    this.#parts = parts
    this.#url = hubUrl(parts.url)
  }

  /** Creates the session of this tag, or loads it. */
  async createSession(body: CreateSessionBody, signal?: AbortSignal): Promise<Session> {
    const ask = { method: 'POST', path: '/cli/sessions', body, answer: createdAnswer } as const
    return (await this.#ask(ask, signal)).session
  }

  /** A session as it is stored. */
  async readSession(id: string, signal?: AbortSignal): Promise<SessionView> {
    const path = `/api/sessions/${encodeURIComponent(id)}`
    return (await this.#ask({ method: 'GET', path, answer: viewAnswer }, signal)).session
  }

  /** Somebody else being first is an answer; it holds the values that are there. */
  async patchSession(id: string, body: PatchSession, signal?: AbortSignal): Promise<PatchAnswer> {
    const path = `/api/sessions/${encodeURIComponent(id)}/metadata`
    try {
      return await this.#ask({ method: 'PATCH', path, body, answer: patchAnswer }, signal)
    } catch (error) {
      if (!(error instanceof HoldfastError) || !UNKNOWN.has(error.code)) throw error
      const message = 'Whether the hub took the change is not known. Send it again with the same mutation id.'
      throw new HoldfastError('outcome_unknown', message, { cause: error })
    }
  }

  /** Gives out a token, which is in this answer and never shown again. */
  addDevice(body: AddDeviceBody, signal?: AbortSignal): Promise<AddDeviceAnswer> {
    return this.#ask({ method: 'POST', path: '/api/devices', body, answer: addedDevice, once: true }, signal)
  }

  /** A page of devices, newest first, those that were revoked too. */
  listDevices(cursor: string | null, signal?: AbortSignal): Promise<DevicesAnswer> {
    const path = `/api/devices${cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`}`
    return this.#ask({ method: 'GET', path, answer: listedDevices }, signal)
  }

  async revokeDevice(id: string, signal?: AbortSignal): Promise<DeviceRecord> {
    const path = `/api/devices/${encodeURIComponent(id)}`
    return (await this.#ask({ method: 'DELETE', path, answer: revokedDevice }, signal)).device
  }

  /** Has the hub write a copy of everything to a file on its machine. */
  makeBackup(file: string, signal?: AbortSignal): Promise<BackupAnswer> {
    const ask = { method: 'POST', path: '/api/backup', body: { file }, answer: backupMade } as const
    return this.#ask({ ...ask, once: true, timeoutMs: BACKUP_MS }, signal)
  }

  async #ask<Answer>(ask: Ask<Answer>, signal?: AbortSignal): Promise<Answer> {
    for (let failures = 1; ; failures++) {
      try {
        return await this.#askOnce(ask, signal)
      } catch (error) {
        const isFinal = failures >= MOST_TRIES || ask.once === true || signal?.aborted === true
        if (isFinal || !(error instanceof HoldfastError && isPassing(error))) throw error
      }
      await this.#pause(failures)
    }
  }

  async #askOnce<Answer>(ask: Ask<Answer>, signal: AbortSignal | undefined): Promise<Answer> {
    const limit = new AbortController()
    const abort = (): void => limit.abort()
    const cancelTimer = this.#parts.outside.after(ask.timeoutMs ?? TIMEOUT_MS, abort)
    signal?.addEventListener('abort', abort)
    if (signal?.aborted === true) abort()
    try {
      return answerIn(ask, await this.#fetch(ask, limit.signal))
    } finally {
      cancelTimer()
      signal?.removeEventListener('abort', abort)
    }
  }

  async #fetch({ method, path, body }: Ask<unknown>, signal: AbortSignal): Promise<Received> {
    const { fetch, token } = this.#parts
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
    const content = body === undefined ? {} : { body: JSON.stringify(body) }
    const url = new URL(path, this.#url)
    try {
      const response = await fetch(url, { method, headers, ...content, redirect: 'error', signal })
      return { status: response.status, json: parsedJson(await response.text()) }
    } catch (error) {
      const message = `The hub at ${url.host} could not be reached, or did not answer in time.`
      throw new HoldfastError('hub_unreachable', message, { cause: error })
    }
  }

  #pause(failures: number): Promise<void> {
    const { outside } = this.#parts
    return new Promise((resolve) => {
      outside.after(backoffMs(failures, BACKOFF, outside.random()), resolve)
    })
  }
}

interface Received {
  readonly status: number
  /** Undefined for what is not JSON, which no answer of a hub is. */
  readonly json: unknown
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function answerIn<Answer>({ answer }: Ask<Answer>, { status, json }: Received): Answer {
  const parsed = answer.safeParse(json)
  if (parsed.success) return parsed.data
  if (status >= 400) throw refusalIn(status, json)
  const message = 'The hub gave an answer that is not understood here.'
  throw new HoldfastError('internal', message, { cause: parsed.error })
}

/** What a status says where no hub speaks: something before it, or another program at that address. */
const MEANING: ReadonlyMap<number, ErrorCode> = new Map([
  [401, 'unauthorized'],
  [403, 'access_denied'],
  [413, 'too_large'],
  [429, 'rate_limited'],
])

function refusalIn(status: number, json: unknown): HoldfastError {
  const body = errorBody.safeParse(json)
  if (body.success) return hubError(body.data.code, body.data.error)
  const code = MEANING.get(status) ?? (status >= 500 ? 'hub_unreachable' : 'not_found')
  return new HoldfastError(code, `The answer has the status ${status} and is not a hub's.`)
}
