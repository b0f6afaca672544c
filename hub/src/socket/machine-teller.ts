import type { UpdateMachine } from '@holdfast/shared/protocol/down/update-machine'
import type { Update } from '@holdfast/shared/protocol/down/update'
import {
  machineUpdateForReleasedClient,
  type CommittedValue,
} from '@holdfast/shared/protocol/released/update-for-released-client'
import type { MachineRecord } from '@holdfast/shared/records/session'
import { machineOfRoom, machineRoom, type Rooms } from '../feed/rooms.ts'
import type { ConnectionId } from '../live/presence.ts'
import type { Log } from '../log/log.ts'
import type { MachineKey, Store } from '../store/store.ts'

export type MachinePart = 'metadata' | 'runnerState'

export interface MachineTellerParts {
  readonly rooms: Rooms
  readonly store: Pick<Store, 'readMachine'>
  readonly log: Log
  readonly now: () => number
}

/**
 * Tells the others of a machine what was committed of it, which is in no feed. A client takes whatever it is told, so
 * this is to be called in the order of the commits: in the continuation of the store's own promise.
 */
export class MachineTeller {
  readonly #rooms: Rooms
  readonly #now: () => number
  /** With a start of the hub, a number names one update and no other. */
  readonly #start: string
  #updates = 0

  constructor({ rooms, now, store, log }: MachineTellerParts) {
    this.#rooms = rooms
    this.#now = now
    this.#start = now().toString(36)
    rooms.onCaughtUp((room, connection) => {
      const machine = machineOfRoom(room)
      if (machine === null) return
      store.readMachine(machine).then(
        (record) => record !== null && this.#newest(record, connection),
        (error: unknown) => log.error('a machine was not told to a slow reader', error, { ...machine }),
      )
    })
  }

  written(machine: MachineKey, part: MachinePart, committed: CommittedValue, by: ConnectionId): void {
    const room = machineRoom(machine)
    if (this.#rooms.size(room, by) === 0) return
    this.#update(room, machineUpdateForReleasedClient(machine.machine, { [part]: committed }), by)
  }

  /** To one connection that missed something of it: all of it, as it is now. */
  #newest(record: MachineRecord, connection: ConnectionId): void {
    const { id, metadata, metadataVersion, runnerState, runnerStateVersion } = record
    const body = machineUpdateForReleasedClient(id, {
      metadata: { version: metadataVersion, value: metadata },
      runnerState: { version: runnerStateVersion, value: runnerState },
    })
    this.#update(connection, body, undefined)
  }

  #update(room: string, body: UpdateMachine | null, except: ConnectionId | undefined): void {
    if (body === null) return
    this.#updates += 1
    const id = `machine-${this.#start}-${this.#updates}`
    const payload: Update = { id, seq: this.#updates, createdAt: this.#now(), body }
    this.#rooms.emit(room, { event: 'update', payload }, except)
  }
}
