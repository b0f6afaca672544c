import { refuse } from '@holdfast/shared/errors/holdfast-error'
import type { MiddlewareHandler } from 'hono'
import { mayDo } from '../auth/caller.ts'
import type { DoorEnv } from './door-env.ts'
import { refusalAnswer } from './refusal-answer.ts'

const MAY_NOT_RESUME = refuse('access_denied', 'This token may read and not resume.')

/** In front of what gives out whole resume tokens. */
export const mayResume: MiddlewareHandler<DoorEnv> = async (c, next) =>
  mayDo(c.get('caller'), 'agent') ? next() : refusalAnswer(c, MAY_NOT_RESUME)
