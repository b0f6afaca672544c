import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { MiddlewareHandler } from 'hono'
import { mayDo, type Caller } from '../auth/caller.ts'
import type { Gate } from '../auth/gate.ts'
import type { LoginCookies } from '../auth/login-cookies.ts'
import { bearerToken } from './bearer-token.ts'
import type { DoorContext, DoorEnv } from './door-env.ts'
import { isRefusal } from './is-refusal.ts'
import { refusalAnswer } from './refusal-answer.ts'

const READING = new Set(['GET', 'HEAD', 'OPTIONS'])
const MAY_NOT_WRITE = refuse('access_denied', 'This token may read and not write.')

export interface Authentication {
  /** A released client ends for good when it is told to wait, so a wrong token of its is just a wrong token. */
  readonly saysRateLimited: boolean
  /** Where browsers come in too, with a login in place of a token. */
  readonly logins?: LoginCookies
}

/** Lets through who shows a token that is known, and writes only of those who may write. */
export function authenticated(gate: Gate, settings: Authentication): MiddlewareHandler<DoorEnv> {
  return async (c, next) => {
    const caller = await callerOf(gate, settings.logins, c)
    if (isRefusal(caller)) {
      const hidden = caller.code === 'rate_limited' && !settings.saysRateLimited
      return refusalAnswer(c, hidden ? refuse('unauthorized', caller.message) : caller)
    }
    if (!READING.has(c.req.method) && !mayDo(caller, 'agent')) return refusalAnswer(c, MAY_NOT_WRITE)
    c.set('caller', caller)
    return next()
  }
}

async function callerOf(
  gate: Gate,
  logins: LoginCookies | undefined,
  c: DoorContext,
): Promise<Caller | Refusal> {
  const bearer = bearerToken(c.req)
  if (bearer.kind === 'refused') return bearer
  if (bearer.token === undefined && logins !== undefined) {
    const caller = await logins.callerIn(c.req.header('cookie'))
    if (caller !== null) return originRefusal(c) ?? caller
  }
  return gate.authenticate({ token: bearer.token, address: c.env.address })
}

/**
 * A browser sends the cookie with whatever a page asks of the hub, and a page of another port of the same host is of the
 * same site. An Origin that is there was admitted already; a change has to have one.
 */
function originRefusal(c: DoorContext): Refusal | null {
  if (READING.has(c.req.method) || c.req.header('origin') !== undefined) return null
  return refuse(
    'origin_not_allowed',
    'A change that comes with the login cookie must say its Origin. Send a token where there is none.',
  )
}
