import { errorBody } from '@holdfast/shared/protocol/http/error-body'
import { releasedMachine } from '@holdfast/shared/protocol/released/machine'
import { releasedSession } from '@holdfast/shared/protocol/released/session'
import { CLI_ROUTES, type RouteShape } from '@holdfast/shared/protocol/routes'
import { RELEASED_PROTOCOL_HEADER } from '@holdfast/shared/protocol/version'
import { z } from 'zod'
import type { WireRecord } from './wire-record.ts'

type Exchange = Extract<WireRecord, { kind: 'exchange' }>

/** What a released client checks of whatever answer holds one of these. */
const READ = z.looseObject({ session: releasedSession.optional(), machine: releasedMachine.optional() })

/** What does not fit in a request under `/cli` and its answer. */
export function judgeExchange(exchange: Exchange): string[] {
  const { method, path, status, headers, body, answer } = exchange
  const { pathname } = new URL(path, 'http://hub')
  if (!pathname.startsWith('/cli')) return []
  const where = `${method} ${pathname}`
  const found: string[] = []
  const fits = (what: string, schema: z.ZodType, text: string): void => {
    const issue = issueOf(schema, text)
    if (issue !== null) found.push(`${where}: ${what} does not fit ${issue}`)
  }

  const route = routeOf(method, pathname)
  if (route?.body !== undefined) fits('the body', route.body, body)
  if (headers[RELEASED_PROTOCOL_HEADER.name.toLowerCase()] !== RELEASED_PROTOCOL_HEADER.value)
    found.push(`${where}: the answer does not say the version of the protocol`)
  if (status >= 500) found.push(`${where}: ${status}, a fault of the hub`)
  if (status >= 400) fits('the error', errorBody, answer)
  else if (route === undefined) found.push(`${where}: ${status} where there is no route`)
  else {
    fits('the answer', route.answer, answer)
    fits('the answer as a released client reads it', READ, answer)
  }
  return found
}

/** The route of a path; a literal one comes before one with an id. */
function routeOf(method: string, pathname: string): RouteShape | undefined {
  const routes: { readonly [route: string]: RouteShape } = CLI_ROUTES
  const name = Object.keys(routes).find((route) => {
    const pattern = route.replace(/:\w+/g, '[^/]+')
    return new RegExp(`^${pattern}$`).test(`${method} ${pathname}`)
  })
  return name === undefined ? undefined : routes[name]
}

function issueOf(schema: z.ZodType, text: string): string | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return 'because it is not JSON'
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return null
  const issue = parsed.error.issues[0]
  return `at ${issue?.path.join('.') || 'its top'}: ${issue?.message}`
}
