import type { MiddlewareHandler } from 'hono'
import type { AddressLimits } from './address-limits.ts'
import type { DoorEnv } from './door-env.ts'
import { refusalAnswer } from './refusal-answer.ts'

/** Serves each address only so much. */
export function limited(limits: AddressLimits): MiddlewareHandler<DoorEnv> {
  return async (c, next) => {
    const entered = limits.enter(c.env.address)
    if (entered.kind === 'refused') return refusalAnswer(c, entered)
    try {
      return await next()
    } finally {
      entered.leave()
    }
  }
}
