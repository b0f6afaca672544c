import { SILENCE_MS } from './door-socket.ts'
import type { SessionPlace } from './ledger.ts'

/** What came of a request; as with sockets, no answer is something else than a bad one. */
export type Requested =
  | { readonly kind: 'answered'; readonly status: number; readonly body: unknown }
  | { readonly kind: 'cut' }
  | { readonly kind: 'silent' }

/** The hub's HTTP as a client uses it. */
export class DoorHttp {
  readonly #url: string
  readonly #tokenOf: (namespace: string) => string

  constructor(url: string, tokenOf: (namespace: string) => string) {
    this.#url = url
    this.#tokenOf = tokenOf
  }

  create(namespace: string, body: { tag: string; id: string; metadata: object }): Promise<Requested> {
    return this.#request(namespace, '/cli/sessions', { method: 'POST', body: JSON.stringify(body) })
  }

  read({ namespace, session }: SessionPlace): Promise<Requested> {
    return this.#request(namespace, `/cli/sessions/${session}`, { method: 'GET' })
  }

  async #request(namespace: string, path: string, init: RequestInit): Promise<Requested> {
    const headers = {
      Authorization: `Bearer ${this.#tokenOf(namespace)}`,
      ...(init.body === undefined ? {} : { 'Content-Type': 'application/json' }),
    }
    try {
      const signal = AbortSignal.timeout(SILENCE_MS)
      const answer = await fetch(`${this.#url}${path}`, { ...init, headers, signal })
      return { kind: 'answered', status: answer.status, body: await answer.json() }
    } catch (error) {
      const isLate = error instanceof Error && error.name === 'TimeoutError'
      return { kind: isLate ? 'silent' : 'cut' }
    }
  }
}
