import { HoldfastError } from '../../errors/holdfast-error.ts'
import { backoffMs, type BackoffRange } from '../backoff.ts'
import { isPassing } from '../hub-error.ts'
import type { Outside } from '../outside.ts'
import { hubUrl } from './hub-url.ts'

const TIMEOUT_MS = 15_000
const MOST_TRIES = 3
const BACKOFF: BackoffRange = { firstMs: 250, mostMs: 2_000 }

export type Fetch = (url: URL, init: RequestInit) => Promise<Response>

export interface HttpWireParts {
  /** The hub: scheme, host and port. */
  readonly url: string
  /** Null where the runtime sends a login's cookie by itself. */
  readonly token: string | null
  readonly fetch: Fetch
  readonly outside: Outside
}

export interface HttpRequest {
  readonly method: string
  /** With its query. */
  readonly path: string
  /** JSON. */
  readonly body: string | undefined
  /** Asked a second time it has no second effect. */
  readonly isRepeatable: boolean
  readonly timeoutMs?: number | undefined
}

export interface HttpReceived {
  readonly status: number
  /** Undefined for what is not JSON, which no answer of a hub is. */
  readonly json: unknown
}

/**
 * Requests to a hub, each within a time limit. A passing failure is tried again a few times where asking twice does no
 * harm and the caller still wants it. What got no answer is thrown as `hub_unreachable`.
 */
export class HttpWire {
  readonly #parts: HttpWireParts
  readonly #url: URL

  constructor(parts: HttpWireParts) {
    this.#parts = parts
    this.#url = hubUrl(parts.url)
  }

  /** `read` makes the answer of what came, or throws; a passing failure that it throws is tried again as well. */
  async ask<Answer>(
    request: HttpRequest,
    read: (received: HttpReceived) => Answer,
    signal?: AbortSignal,
  ): Promise<Answer> {
    for (let failures = 1; ; failures++) {
      try {
        return read(await this.#exchange(request, signal))
      } catch (error) {
        const isLast = failures >= MOST_TRIES || !request.isRepeatable || signal?.aborted === true
        if (isLast || !(error instanceof HoldfastError && isPassing(error))) throw error
      }
      await this.#pause(failures)
    }
  }

  async #exchange(request: HttpRequest, signal: AbortSignal | undefined): Promise<HttpReceived> {
    const limit = new AbortController()
    const abort = (): void => limit.abort()
    const cancelTimer = this.#parts.outside.after(request.timeoutMs ?? TIMEOUT_MS, abort)
    signal?.addEventListener('abort', abort)
    if (signal?.aborted === true) abort()
    try {
      return await this.#fetch(request, limit.signal)
    } finally {
      cancelTimer()
      signal?.removeEventListener('abort', abort)
    }
  }

  async #fetch({ method, path, body }: HttpRequest, signal: AbortSignal): Promise<HttpReceived> {
    const { fetch, token } = this.#parts
    const authorization = token === null ? {} : { Authorization: `Bearer ${token}` }
    const headers = { 'Content-Type': 'application/json', ...authorization }
    const content = body === undefined ? {} : { body }
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

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
