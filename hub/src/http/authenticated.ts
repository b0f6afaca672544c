import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { MiddlewareHandler } from 'hono'
import { mayDo, type Caller } from '../auth/caller.ts'
import type { Gate } from '../auth/gate.ts'
import { bearerToken } from './bearer-token.ts'
import type { DoorContext, DoorEnv } from './door-env.ts'
import { isRefusal } from './is-refusal.ts'
import { refusalAnswer } from './refusal-answer.ts'

const READING = new Set(['GET', 'HEAD', 'OPTIONS'])
const MAY_NOT_WRITE = refuse('access_denied', 'This token may read and not write.')

export interface Authentication {
  /** A released client ends for good when it is told to wait, so a wrong token of its is just a wrong token. */
  readonly saysRateLimited: boolean
}

/** Lets through who shows a token that is known, and writes only of those who may write. */
export function authenticated(gate: Gate, settings: Authentication): MiddlewareHandler<DoorEnv> {
  return async (c, next) => {
    const caller = await callerOf(gate, c)
    if (isRefusal(caller)) {
      const hidden = caller.code === 'rate_limited' && !settings.saysRateLimited
      return refusalAnswer(c, hidden ? refuse('unauthorized', caller.message) : caller)
    }
    if (!READING.has(c.req.method) && !mayDo(caller, 'agent')) return refusalAnswer(c, MAY_NOT_WRITE)
    c.set('caller', caller)
    return next()
  }
}

async function callerOf(gate: Gate, c: DoorContext): Promise<Caller | Refusal> {
  const bearer = bearerToken(c.req)
  if (bearer.kind === 'refused') return bearer
  return gate.authenticate({ token: bearer.token, address: c.env.address })
}
