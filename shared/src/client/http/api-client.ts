import type { z } from 'zod'
import { ERRORS, type ErrorCode } from '../../errors/codes.ts'
import { HoldfastError } from '../../errors/holdfast-error.ts'
import type { ApiRouteShape } from '../../protocol/api-route-shape.ts'
import { API_ROUTES, type ApiRoute } from '../../protocol/api-routes.ts'
import { errorBody } from '../../protocol/http/error-body.ts'
import { shapeRefusal } from '../../protocol/shape-refusal.ts'
import { backoffMs, type BackoffRange } from '../backoff.ts'
import { isPassing } from '../hub-error.ts'
import type { Outside } from '../outside.ts'
import type { ApiAnswer, ApiAsk, ApiItem, PagedRoute } from './api-call.ts'
import { ApiError } from './api-error.ts'
import { hubUrl } from './hub-url.ts'
import { knownMembers } from './known-members.ts'

const TIMEOUT_MS = 15_000
const MOST_TRIES = 3
const BACKOFF: BackoffRange = { firstMs: 250, mostMs: 2_000 }

export interface ApiClientParts {
  readonly url: string
  /** Null where the runtime sends a login's cookie by itself. */
  readonly token: string | null
  readonly fetch: (url: URL, init: RequestInit) => Promise<Response>
  readonly outside: Outside
}

export interface PagesOf {
  /** How many items are given at most. */
  readonly most: number
  readonly signal?: AbortSignal | undefined
}

/**
 * The routes for people and programs, each with the types of the table. What the hub refuses is thrown as an ApiError, what
 * could not be asked as a HoldfastError. A passing failure is tried again a few times where asking twice does no harm.
 */
export class ApiClient {
  readonly #parts: ApiClientParts
  readonly #url: URL

  constructor(parts: ApiClientParts) {
    this.#parts = parts
    this.#url = hubUrl(parts.url)
  }

  async call<Route extends ApiRoute>(
    route: Route,
    ask: ApiAsk<Route>,
    signal?: AbortSignal,
  ): Promise<ApiAnswer<Route>> {
    const request = requestOf(route, ask as AnyAsk, this.#url)
    for (let failures = 1; ; failures += 1) {
      try {
        const received = await this.#exchange(request, signal)
        return answerOf(API_ROUTES[route].answer, received) as ApiAnswer<Route>
      } catch (error) {
        const passes = error instanceof HoldfastError && isPassing(error) && signal?.aborted !== true
        if (!passes || !request.isRepeatable || failures >= MOST_TRIES) throw asToldOf(request, error)
      }
      await this.#pause(failures)
    }
  }

  /** The items of a list, page by page, until it ends or there are as many as are wanted. */
  async *items<Route extends PagedRoute>(
    route: Route,
    ask: ApiAsk<Route>,
    { most, signal }: PagesOf,
  ): AsyncGenerator<ApiItem<Route>> {
    const name = route === 'GET /api/sessions/:id/history' ? 'before' : 'cursor'
    const { query } = ask as AnyAsk
    let cursor: string | null = null
    for (let given = 0; given < most;) {
      const next: object = cursor === null ? { ...query } : { ...query, [name]: cursor }
      const page: { nextCursor: string | null } = await this.call(route, { ...ask, query: next }, signal)
      const items = Object.values(page).find((member) => Array.isArray(member)) ?? []
      for (const item of (items as ApiItem<Route>[]).slice(0, most - given)) yield item
      given += (items as unknown[]).length
      if (page.nextCursor === null) return
      if (page.nextCursor === cursor)
        throw new HoldfastError('internal', 'The list of the hub does not go on.')
      cursor = page.nextCursor
    }
  }

  async #exchange(request: ApiRequest, signal: AbortSignal | undefined): Promise<Received> {
    const { fetch, token, outside } = this.#parts
    const limit = new AbortController()
    const abort = (): void => limit.abort()
    const cancelTimer = outside.after(TIMEOUT_MS, abort)
    signal?.addEventListener('abort', abort)
    if (signal?.aborted === true) abort()
    const headers = {
      'Content-Type': 'application/json',
      ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
    }
    const { url, method, body } = request
    const content = body === undefined ? {} : { body }
    try {
      const init = { method, headers, ...content, redirect: 'error', signal: limit.signal } as const
      const response = await fetch(url, init)
      return { status: response.status, json: parsedJson(await response.text()) }
    } catch (error) {
      const message = `The hub at ${url.host} could not be reached, or did not answer in time.`
      throw new HoldfastError('hub_unreachable', message, { cause: error })
    } finally {
      cancelTimer()
      signal?.removeEventListener('abort', abort)
    }
  }

  #pause(failures: number): Promise<void> {
    const { outside } = this.#parts
    return new Promise((resolve) => {
      outside.after(backoffMs(failures, BACKOFF, outside.random()), resolve)
    })
  }
}

interface ApiRequest {
  readonly method: string
  readonly url: URL
  readonly body: string | undefined
  /** Asked a second time it has no second effect. */
  readonly isRepeatable: boolean
}

interface Received {
  readonly status: number
  /** Undefined for what is not JSON, which no answer of a hub is. */
  readonly json: unknown
}

interface AnyAsk {
  readonly params?: object
  readonly query?: object
  readonly body?: object
}

function requestOf(route: ApiRoute, { params = {}, query = {}, body }: AnyAsk, hub: URL): ApiRequest {
  const shape: ApiRouteShape = API_ROUTES[route]
  const [method = '', path = ''] = route.split(' ')
  const texts = Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  )
  check('The parameters', shape.params, params)
  check('The query', shape.query, texts)
  check('The body', shape.body, body)
  const filled = Object.entries(params).reduce(
    (at, [name, value]) => at.replace(`:${name}`, encodeURIComponent(String(value))),
    path,
  )
  const url = new URL(filled, hub)
  url.search = new URLSearchParams(texts).toString()
  return {
    method,
    url,
    body: body === undefined ? undefined : JSON.stringify(body),
    isRepeatable: method === 'GET' || (body !== undefined && Reflect.get(body, 'mutationId') !== undefined),
  }
}

/** What the hub would refuse is not sent. */
function check(what: string, schema: z.ZodType | undefined, given: unknown): void {
  const parsed = schema?.safeParse(given)
  if (parsed?.success !== false) return
  const { code, message } = shapeRefusal(what, parsed.error)
  throw new HoldfastError(code, message)
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function answerOf(schema: z.ZodType, { status, json }: Received): unknown {
  if (status >= 400) throw refusalOf(status, json)
  const parsed = knownMembers(schema, json)
  if (parsed.success) return parsed.data
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

function refusalOf(status: number, json: unknown): HoldfastError {
  const body = errorBody.safeParse(json)
  if (!body.success) {
    const code = MEANING.get(status) ?? (status >= 500 ? 'hub_unreachable' : 'not_found')
    return new HoldfastError(code, `The answer has the status ${status} and is not a hub's.`)
  }
  const { error, code, ...detail } = body.data
  // A code that is not known here yet counts as internal.
  return new ApiError(Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : 'internal', error, detail)
}

/** After these nobody knows whether a change was taken. */
const UNKNOWN: ReadonlySet<ErrorCode> = new Set(['hub_unreachable', 'internal'])

function asToldOf({ method }: ApiRequest, error: unknown): unknown {
  if (method === 'GET' || !(error instanceof HoldfastError) || !UNKNOWN.has(error.code)) return error
  const message =
    'Whether the hub took the change is not known. Look, or send it again with the same mutation id.'
  return new HoldfastError('outcome_unknown', message, { cause: error })
}
