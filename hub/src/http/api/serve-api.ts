import type { ErrorCode } from '@holdfast/shared/errors/codes'
import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { ApiRouteShape } from '@holdfast/shared/protocol/api-route-shape'
import { API_ROUTES, type ApiRoute } from '@holdfast/shared/protocol/api-routes'
import type { Hono } from 'hono'
import { mayDo } from '../../auth/caller.ts'
import { SMALL_BODY, type BodyReader } from '../body-reader.ts'
import type { DoorContext, DoorEnv } from '../door-env.ts'
import { isRefusal } from '../is-refusal.ts'
import { readQuery } from '../read-query.ts'
import { refusalAnswer } from '../refusal-answer.ts'
import type { ApiHandlers, DetailedRefusal } from './api-handler.ts'

const MISSING: { readonly [code in ErrorCode]?: string } = {
  session_not_found: 'There is no such session.',
  device_not_found: 'There is no such device.',
}

/** A handler of which the table has made sure that it is given what its route says. */
type AnyHandler = (asked: object) => Promise<object>

/** Puts handlers at their routes. Each request is read as the table says, and refused where it is not that. */
export function serveApi<Route extends ApiRoute>(
  app: Hono<DoorEnv>,
  handlers: ApiHandlers<Route>,
  bodies: BodyReader,
): void {
  for (const [route, handle] of Object.entries(handlers) as [Route, AnyHandler][]) {
    const [method = '', path = ''] = route.split(' ')
    const shape: ApiRouteShape = API_ROUTES[route]
    app.on(method, path, async (c) => {
      const asked = await read(c, shape, bodies)
      if (isRefusal(asked)) return refusalAnswer(c, asked)
      const answer = await handle(asked)
      if (isRefusal(answer)) return refusalAnswer(c, answer)
      return isDetailed(answer) ? refusalAnswer(c, answer.refusal, answer.more) : c.json(answer)
    })
  }
}

/** Who may ask comes first, then what is asked of, then how. */
async function read(c: DoorContext, shape: ApiRouteShape, bodies: BodyReader): Promise<object | Refusal> {
  const denied = roleRefusal(c, shape)
  if (denied !== null) return denied
  const params = shape.params?.safeParse(c.req.param())
  if (params?.success === false) {
    const code = shape.missing ?? 'not_found'
    return refuse(code, MISSING[code] ?? 'There is nothing at this address.')
  }
  const query = shape.query === undefined ? null : readQuery(c, shape.query)
  if (query?.kind === 'refused') return query
  const body =
    shape.body === undefined ? null : await bodies.read(c.req.raw, { ...SMALL_BODY, schema: shape.body })
  if (body?.kind === 'refused') return body
  return {
    c,
    caller: shape.role === null ? null : c.get('caller'),
    params: params?.data,
    query: query?.query,
    body: body?.body,
  }
}

function roleRefusal(c: DoorContext, { role }: ApiRouteShape): Refusal | null {
  if (role === null) return null
  const caller = c.get('caller')
  if (mayDo(caller, role)) return null
  return refuse(
    'access_denied',
    `This takes a token with the role ${role}; the role of this one is ${caller.role}.`,
  )
}

function isDetailed(answer: object): answer is DetailedRefusal {
  return 'kind' in answer && answer.kind === 'detailed-refusal'
}
