import type { z } from 'zod'
import { HoldfastError } from '../../errors/holdfast-error.ts'
import type { ApiRouteShape } from '../../protocol/api-route-shape.ts'
import { API_ROUTES, type ApiRoute } from '../../protocol/api-routes.ts'
import { errorBody } from '../../protocol/http/error-body.ts'
import { shapeRefusal } from '../../protocol/shape-refusal.ts'
import { knownCode, leavesOutcomeOpen } from '../hub-error.ts'
import type { ApiAnswer, ApiAsk, ApiItem, PagedRoute } from './api-call.ts'
import { ApiError } from './api-error.ts'
import { HttpWire, type HttpReceived, type HttpRequest, type HttpWireParts } from './http-wire.ts'
import { knownMembers } from './known-members.ts'
import { statusError } from './status-error.ts'

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
  readonly #wire: HttpWire

  constructor(parts: HttpWireParts) {
    this.#wire = new HttpWire(parts)
  }

  async call<Route extends ApiRoute>(
    route: Route,
    ask: ApiAsk<Route>,
    signal?: AbortSignal,
  ): Promise<ApiAnswer<Route>> {
    const request = requestOf(route, ask as AnyAsk)
    try {
      const answer = await this.#wire.ask(request, answerOf(API_ROUTES[route].answer), signal)
      return answer as ApiAnswer<Route>
    } catch (error) {
      throw asToldOf(request, error)
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
}

interface AnyAsk {
  readonly params?: object
  readonly query?: object
  readonly body?: object
}

function requestOf(route: ApiRoute, { params = {}, query = {}, body }: AnyAsk): HttpRequest {
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
  const search = new URLSearchParams(texts).toString()
  return {
    method,
    path: search === '' ? filled : `${filled}?${search}`,
    body: body === undefined ? undefined : JSON.stringify(body),
    timeoutMs: shape.takesMs,
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

function answerOf(schema: z.ZodType): (received: HttpReceived) => unknown {
  return ({ status, json }) => {
    if (status >= 400) throw refusalOf(status, json)
    const parsed = knownMembers(schema, json)
    if (parsed.success) return parsed.data
    const message = 'The hub gave an answer that is not understood here.'
    throw new HoldfastError('internal', message, { cause: parsed.error })
  }
}

function refusalOf(status: number, json: unknown): HoldfastError {
  const body = errorBody.safeParse(json)
  if (!body.success) return statusError(status)
  const { error, code, ...detail } = body.data
  return new ApiError(knownCode(code), error, detail)
}

function asToldOf({ method }: HttpRequest, error: unknown): unknown {
  if (method === 'GET' || !leavesOutcomeOpen(error)) return error
  const message =
    'Whether the hub took the change is not known. Look, or send it again with the same mutation id.'
  return new HoldfastError('outcome_unknown', message, { cause: error })
}
