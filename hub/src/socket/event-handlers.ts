import type { CliUpEvent } from '@holdfast/shared/protocol/events'
import type { Desk } from './desk.ts'
import type { EventHandler } from './event-handler.ts'
import { clearResumeToken } from './events/clear-resume-token.ts'
import { machineAlive } from './events/machine-alive.ts'
import { machineUpdateMetadata } from './events/machine-update-metadata.ts'
import { machineUpdateState } from './events/machine-update-state.ts'
import { patchMetadata } from './events/patch-metadata.ts'
import { ping } from './events/ping.ts'
import { rpcRegister } from './events/rpc-register.ts'
import { rpcUnregister } from './events/rpc-unregister.ts'
import { sessionAlive } from './events/session-alive.ts'
import { sessionEnd } from './events/session-end.ts'
import { sessionReady } from './events/session-ready.ts'
import { updateMetadata } from './events/update-metadata.ts'
import { updateState } from './events/update-state.ts'
import { MachineTeller } from './machine-teller.ts'

export type EventHandlers = { readonly [Event in CliUpEvent]: EventHandler }

/** Who carries out each event that has a meaning here. */
export function eventHandlers(desk: Desk): EventHandlers {
  const teller = new MachineTeller(desk.parts)
  return {
    'update-metadata': updateMetadata(desk),
    'update-state': updateState(desk),
    'machine-update-metadata': machineUpdateMetadata(desk, teller),
    'machine-update-state': machineUpdateState(desk, teller),
    'session-alive': sessionAlive(desk),
    'session-ready': sessionReady(desk),
    'session-end': sessionEnd(desk),
    'machine-alive': machineAlive(desk),
    ping: ping(desk),
    'rpc-register': rpcRegister(desk),
    'rpc-unregister': rpcUnregister(desk),
    'patch-metadata': patchMetadata(desk),
    'clear-resume-token': clearResumeToken(desk),
  }
}
