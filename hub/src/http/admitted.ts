import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { MiddlewareHandler } from 'hono'
import type { Admission } from '../auth/admission.ts'
import type { DoorContext, DoorEnv } from './door-env.ts'
import { refusalAnswer } from './refusal-answer.ts'

/** Lets in what was meant for this hub and comes from no page of somebody else's; everything else sees nothing of it. */
export function admitted(admission: Admission): MiddlewareHandler<DoorEnv> {
  return async (c, next) => {
    const refusal = problemOf(admission, c)
    if (refusal !== null) return refusalAnswer(c, refusal)
    return next()
  }
}

/** A request may name its host twice: in its header, and in an address that is written out in full. */
function problemOf(admission: Admission, c: DoorContext): Refusal | null {
  const { url } = c.req
  if (!URL.canParse(url)) return refuse('invalid_request', 'The address of the request can not be read.')
  const host = c.req.header('host')
  const refusal = admission.refusalOf({ host, origin: c.req.header('origin') })
  return refusal ?? admission.refusalOf({ host: new URL(url).host, origin: undefined })
}
