import type { AddDeviceAnswer, AddDeviceBody } from '@holdfast/shared/protocol/http/add-device'
import type { Machine } from '@holdfast/shared/protocol/http/machine'
import type { ResumableSession } from '@holdfast/shared/protocol/http/resumable'
import type { Session } from '@holdfast/shared/protocol/http/session'
import type { SessionRunsAnswer } from '@holdfast/shared/protocol/http/session-runs'
import type { StopSessionAnswer } from '@holdfast/shared/protocol/http/stop-session'

export type Fields = { readonly [field: string]: unknown }

/** What a session as it was read holds; empty where there is none. */
export function fieldsOf(session: Session | undefined): Fields {
  return (session?.metadata ?? {}) as Fields
}

/** What our hub says to anybody else who asks with the same token; undefined where it says that there is nothing. */
export class HubView {
  readonly #hub: { readonly url: string }
  readonly #token: string

  constructor(hub: { readonly url: string }, token: string) {
    this.#hub = hub
    this.#token = token
  }

  async session(id: string): Promise<Session | undefined> {
    return (await this.#read<{ session: Session }>(`/cli/sessions/${id}`))?.session
  }

  /** A session's metadata; empty where there is none. */
  async fields(id: string): Promise<Fields> {
    return fieldsOf(await this.session(id))
  }

  /** The session as it is in one moment, if it is then as looked for. */
  async sessionWhere(
    id: string,
    isSo: (fields: Fields, session: Session) => boolean,
  ): Promise<Session | undefined> {
    const session = await this.session(id)
    return session !== undefined && isSo(fieldsOf(session), session) ? session : undefined
  }

  async machine(id: string): Promise<Machine | undefined> {
    return (await this.#read<{ machine: Machine }>(`/cli/machines/${id}`))?.machine
  }

  async resumable(machineId: string): Promise<readonly ResumableSession[]> {
    const path = `/cli/sessions/resumable?machineId=${encodeURIComponent(machineId)}`
    return (await this.#read<{ sessions: readonly ResumableSession[] }>(path))?.sessions ?? []
  }

  /** Changes some fields of a session. */
  async edit(id: string, patch: Fields): Promise<void> {
    await this.#ask('PATCH', `/api/sessions/${id}/metadata`, { patch })
  }

  /** The runs of a session, newest first. */
  async runs(id: string): Promise<SessionRunsAnswer['runs']> {
    return (await this.#read<SessionRunsAnswer>(`/api/sessions/${id}/runs`))?.runs ?? []
  }

  async stop(id: string, reason: string): Promise<StopSessionAnswer> {
    return (await this.#ask('POST', `/api/sessions/${id}/stop`, { reason })) as StopSessionAnswer
  }

  async addDevice(device: AddDeviceBody): Promise<AddDeviceAnswer> {
    return (await this.#ask('POST', '/api/devices', device)) as AddDeviceAnswer
  }

  async revokeDevice(id: string): Promise<void> {
    await this.#ask('DELETE', `/api/devices/${id}`)
  }

  async #read<Answer>(path: string): Promise<Answer | undefined> {
    return (await this.#ask('GET', path)) as Answer | undefined
  }

  async #ask(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${this.#hub.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (response.status === 404 && method === 'GET') return undefined
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return JSON.parse(text)
  }
}
