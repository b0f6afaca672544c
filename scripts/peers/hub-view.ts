import type { Machine } from '@holdfast/shared/protocol/http/machine'
import type { ResumableSession } from '@holdfast/shared/protocol/http/resumable'
import type { Session } from '@holdfast/shared/protocol/http/session'

export type Fields = { readonly [field: string]: unknown }

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
    return ((await this.session(id))?.metadata ?? {}) as Fields
  }

  async machine(id: string): Promise<Machine | undefined> {
    return (await this.#read<{ machine: Machine }>(`/cli/machines/${id}`))?.machine
  }

  async resumable(machineId: string): Promise<readonly ResumableSession[]> {
    const path = `/cli/sessions/resumable?machineId=${encodeURIComponent(machineId)}`
    return (await this.#read<{ sessions: readonly ResumableSession[] }>(path))?.sessions ?? []
  }

  async #read<Answer>(path: string): Promise<Answer | undefined> {
    const response = await fetch(`${this.#hub.url}${path}`, {
      headers: { authorization: `Bearer ${this.#token}` },
    })
    const text = await response.text()
    if (response.status === 404) return undefined
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${text}`)
    return JSON.parse(text) as Answer
  }
}
