import type { Update } from '@holdfast/shared/protocol/down/update'
import {
  machineUpdateForReleasedClient,
  type CommittedValue,
} from '@holdfast/shared/protocol/released/update-for-released-client'
import { machineRoom, type Rooms } from '../feed/rooms.ts'
import type { ConnectionId } from '../live/presence.ts'
import type { MachineKey } from '../store/store.ts'

export type MachinePart = 'metadata' | 'runnerState'

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

  constructor(rooms: Rooms, now: () => number) {
    this.#rooms = rooms
    this.#now = now
    this.#start = now().toString(36)
  }

  written(machine: MachineKey, part: MachinePart, committed: CommittedValue, by: ConnectionId): void {
    const room = machineRoom(machine)
    if (this.#rooms.size(room, by) === 0) return
    const body = machineUpdateForReleasedClient(machine.machine, { [part]: committed })
    if (body === null) return
    this.#updates += 1
    const id = `machine-${this.#start}-${this.#updates}`
    const payload: Update = { id, seq: this.#updates, createdAt: this.#now(), body }
    this.#rooms.emit(room, { event: 'update', payload }, by)
  }
}
