import { ERRORS } from '@holdfast/shared/errors/codes'
import type { ErrorBody } from '@holdfast/shared/protocol/http/error-body'

/** The answer to a request that is so malformed that no door ever sees it. */
export function unreadableRequest(): Response {
  const body: ErrorBody = { error: 'The request has no usable Host or address.', code: 'invalid_request' }
  return Response.json(body, { status: ERRORS.invalid_request.http })
}
