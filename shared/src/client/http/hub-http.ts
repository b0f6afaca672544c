import { z } from 'zod'
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
import { hubError, leavesOutcomeOpen } from '../hub-error.ts'
import { HttpWire, type HttpReceived, type HttpWireParts } from './http-wire.ts'
import { statusError } from './status-error.ts'

/** As long as the hub copies, nothing is said. */
const BACKUP_MS = 3_600_000

export interface HubHttpParts extends HttpWireParts {
  readonly token: string
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
 * Asks the hub over HTTP. What it refuses, and what could not be asked, is thrown as a HoldfastError. A passing failure is
 * tried again a few times, except of the calls that would be carried out twice.
 */
export class HubHttp {
  readonly #wire: HttpWire

  constructor(parts: HubHttpParts) {
    this.#wire = new HttpWire(parts)
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
      if (!leavesOutcomeOpen(error)) throw error
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
    const { method, path, body, answer, once, timeoutMs } = ask
    const text = body === undefined ? undefined : JSON.stringify(body)
    const request = { method, path, body: text, isRepeatable: once !== true, timeoutMs }
    return this.#wire.ask(request, (received) => answerIn(answer, received), signal)
  }
}

function answerIn<Answer>(answer: z.ZodType<Answer>, { status, json }: HttpReceived): Answer {
  const parsed = answer.safeParse(json)
  if (parsed.success) return parsed.data
  if (status >= 400) throw refusalIn(status, json)
  const message = 'The hub gave an answer that is not understood here.'
  throw new HoldfastError('internal', message, { cause: parsed.error })
}

function refusalIn(status: number, json: unknown): HoldfastError {
  const body = errorBody.safeParse(json)
  return body.success ? hubError(body.data.code, body.data.error) : statusError(status)
}
