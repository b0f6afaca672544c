import { addDeviceAnswer, addDeviceBody } from './http/add-device.ts'
import { devicesAnswer } from './http/devices.ts'
import { pageQuery } from './http/page-query.ts'
import {
  patchSessionMetadataAnswer,
  patchSessionMetadataBody,
  patchSessionMetadataConflict,
} from './http/patch-session-metadata.ts'
import { revokeDeviceAnswer } from './http/revoke-device.ts'
import { sessionViewAnswer } from './http/session-view.ts'
import type { RouteShape } from './routes.ts'

/** Every HTTP route for people and other programs. A body or a query with a member that is not listed is refused. */
export const API_ROUTES = {
  'GET /api/sessions/:id': { answer: sessionViewAnswer },
  'PATCH /api/sessions/:id/metadata': {
    body: patchSessionMetadataBody,
    answer: patchSessionMetadataAnswer,
    conflict: patchSessionMetadataConflict,
  },
  'GET /api/devices': { query: pageQuery, answer: devicesAnswer },
  'POST /api/devices': { body: addDeviceBody, answer: addDeviceAnswer },
  'DELETE /api/devices/:id': { answer: revokeDeviceAnswer },
} as const satisfies Record<string, RouteShape>

export type ApiRoute = keyof typeof API_ROUTES
