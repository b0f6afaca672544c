import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { DetailedRefusal } from './api/api-handler.ts'
import type { DoorContext } from './door-env.ts'
import { isRefusal } from './is-refusal.ts'
import { refusalAnswer } from './refusal-answer.ts'

/** A route as a function from the request to its answer or to why there is none. */
export function answering<Answer extends object>(
  handle: (c: DoorContext) => Promise<Answer | Refusal | DetailedRefusal>,
): (c: DoorContext) => Promise<Response> {
  return async (c) => {
    const answer = await handle(c)
    if (isDetailed(answer)) return refusalAnswer(c, answer.refusal, answer.more)
    return isRefusal(answer) ? refusalAnswer(c, answer) : c.json(answer)
  }
}

function isDetailed(answer: object): answer is DetailedRefusal {
  return 'kind' in answer && answer.kind === 'detailed-refusal'
}
