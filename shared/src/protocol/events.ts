import type { z } from 'zod'
import { errorEvent } from './down/error.ts'
import { rpcRequest, rpcRequestAck } from './down/rpc-request.ts'
import { sessionPatched } from './down/session-patched.ts'
import { update } from './down/update.ts'
import { clearResumeTokenAck, clearResumeTokenRequest } from './up/clear-resume-token.ts'
import { machineAlive } from './up/machine-alive.ts'
import { machineUpdateMetadataAck, machineUpdateMetadataRequest } from './up/machine-update-metadata.ts'
import { machineUpdateStateAck, machineUpdateStateRequest } from './up/machine-update-state.ts'
import { patchMetadataAck, patchMetadataRequest } from './up/patch-metadata.ts'
import { pingAck, pingRequest } from './up/ping.ts'
import { rpcRegister } from './up/rpc-register.ts'
import { rpcUnregister } from './up/rpc-unregister.ts'
import { sessionAlive } from './up/session-alive.ts'
import { sessionEnd } from './up/session-end.ts'
import { sessionReady } from './up/session-ready.ts'
import { updateMetadataAck, updateMetadataRequest } from './up/update-metadata.ts'
import { updateStateAck, updateStateRequest } from './up/update-state.ts'
import { changes, changesAck } from './watch/changes.ts'
import { facts, factsAck } from './watch/facts.ts'
import { resync, resyncAck } from './watch/resync.ts'
import { watchAck, watchRequest } from './watch/watch.ts'

/** One event: what it carries, and what its ack carries where it has one. */
export interface EventShape {
  readonly payload: z.ZodType
  readonly ack?: z.ZodType
}

/**
 * Every socket.io event that has a meaning here, by namespace and direction. What a client sends under another name is
 * accepted and dropped (`dropped-event.ts`); the hub sends nothing under another name.
 */
export const EVENTS = {
  '/cli': {
    up: {
      'update-metadata': { payload: updateMetadataRequest, ack: updateMetadataAck },
      'update-state': { payload: updateStateRequest, ack: updateStateAck },
      'machine-update-metadata': { payload: machineUpdateMetadataRequest, ack: machineUpdateMetadataAck },
      'machine-update-state': { payload: machineUpdateStateRequest, ack: machineUpdateStateAck },
      'session-alive': { payload: sessionAlive },
      'session-ready': { payload: sessionReady },
      'session-end': { payload: sessionEnd },
      'machine-alive': { payload: machineAlive },
      ping: { payload: pingRequest, ack: pingAck },
      'rpc-register': { payload: rpcRegister },
      'rpc-unregister': { payload: rpcUnregister },
      'patch-metadata': { payload: patchMetadataRequest, ack: patchMetadataAck },
      'clear-resume-token': { payload: clearResumeTokenRequest, ack: clearResumeTokenAck },
    },
    down: {
      update: { payload: update },
      error: { payload: errorEvent },
      'rpc-request': { payload: rpcRequest, ack: rpcRequestAck },
      'session-patched': { payload: sessionPatched },
    },
  },
  '/watch': {
    up: {
      watch: { payload: watchRequest, ack: watchAck },
    },
    down: {
      changes: { payload: changes, ack: changesAck },
      facts: { payload: facts, ack: factsAck },
      resync: { payload: resync, ack: resyncAck },
    },
  },
} as const satisfies Record<string, Record<'up' | 'down', Record<string, EventShape>>>

export type CliUpEvent = keyof (typeof EVENTS)['/cli']['up']
export type CliDownEvent = keyof (typeof EVENTS)['/cli']['down']
export type WatchUpEvent = keyof (typeof EVENTS)['/watch']['up']
export type WatchDownEvent = keyof (typeof EVENTS)['/watch']['down']
