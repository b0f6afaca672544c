import type { ApiRoute } from '@holdfast/shared/protocol/api-routes'
import type { HttpDoorParts } from '../http-door.ts'
import type { ApiHandlers } from './api-handler.ts'
import { backup } from './backup.ts'
import { census } from './census.ts'
import { changes } from './changes.ts'
import { deviceList } from './device-list.ts'
import { lifecycle } from './lifecycle.ts'
import { machineList } from './machine-list.ts'
import type { PublicRoute } from './public-handlers.ts'
import { rebind } from './rebind.ts'
import { resume } from './resume.ts'
import { sessionList } from './session-list.ts'
import { sessionReads } from './session-reads.ts'
import { sessionRuns } from './session-runs.ts'
import { sessionWrites } from './session-writes.ts'
import { stop } from './stop.ts'
import { verdicts } from './verdicts.ts'

/** A handler for every route of the table that takes a token: one that is missing does not compile. */
export function apiHandlers(parts: HttpDoorParts): ApiHandlers<Exclude<ApiRoute, PublicRoute>> {
  return {
    ...sessionList(parts),
    ...sessionReads(parts),
    ...sessionRuns(parts),
    ...sessionWrites(parts),
    ...verdicts(parts),
    ...rebind(parts),
    ...resume(parts),
    ...stop(parts),
    ...census(parts),
    ...lifecycle(parts),
    ...machineList(parts),
    ...changes(parts),
    ...deviceList(parts),
    ...backup(parts),
  }
}
