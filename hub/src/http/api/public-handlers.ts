import type { API_ROUTES, ApiRoute } from '@holdfast/shared/protocol/api-routes'
import type { HttpDoorParts } from '../http-door.ts'
import { openapiDocument } from '../reference/openapi-document.ts'
import type { ApiHandlers } from './api-handler.ts'
import { login } from './login.ts'

/** The routes that need no token. */
export type PublicRoute = {
  [Route in ApiRoute]: (typeof API_ROUTES)[Route]['role'] extends null ? Route : never
}[ApiRoute]

export function publicHandlers(parts: HttpDoorParts): ApiHandlers<PublicRoute> {
  const document = openapiDocument()
  return {
    ...login(parts),
    'GET /api/openapi.json': async () => ({ ...document }),
  }
}
