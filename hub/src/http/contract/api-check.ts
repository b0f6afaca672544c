import { ERRORS, type ErrorCode } from '@holdfast/shared/errors/codes'
import type { ApiRouteShape } from '@holdfast/shared/protocol/api-route-shape'
import { API_ROUTES } from '@holdfast/shared/protocol/api-routes'
import { errorBody } from '@holdfast/shared/protocol/http/error-body'
import { refusalsOf } from '@holdfast/shared/protocol/refusals-of'
import type { z } from 'zod'

interface Exchange {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly status: number
  readonly body: unknown
}

const ROUTES = Object.entries<ApiRouteShape>(API_ROUTES).map(([route, shape]) => {
  const [method = '', path = ''] = route.split(' ')
  return {
    route,
    method,
    shape,
    path: new RegExp(`^${path.replace('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`),
  }
})

/** Throws where the hub answered a request to `/api` with something that the table of routes does not say. */
export function checkApiExchange(exchange: Exchange): void {
  const found = ROUTES.find(({ method, path }) => method === exchange.method && path.test(exchange.path))
  if (found === undefined) return
  const problem = problemWith(exchange, found)
  if (problem !== null)
    throw new Error(`${found.route} is not as its table says: ${problem} ${JSON.stringify(exchange.body)}`)
}

function problemWith(
  { method, status, body }: Exchange,
  { shape }: { readonly shape: ApiRouteShape },
): string | null {
  if (status === 200) return misfit(shape.answer, body)
  const error = errorBody.safeParse(body)
  if (!error.success) return 'its refusal is no error.'
  const code = error.data.code as ErrorCode
  if (ERRORS[code]?.http !== status) return `the status of ${code} is ${status}.`
  if (!refusalsOf(method, shape).includes(code)) return `it may not refuse with ${code}.`
  if (code === 'version_mismatch' || code === 'run_in_progress') return misfit(shape.conflict, body)
  return code === 'too_far_behind' ? misfit(shape.gone, body) : null
}

function misfit(schema: z.ZodType | undefined, body: unknown): string | null {
  const parsed = schema?.safeParse(body)
  if (parsed === undefined) return 'it has no schema for that.'
  return parsed.success ? null : parsed.error.message
}
