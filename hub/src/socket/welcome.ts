import type { Socket } from 'socket.io'
import type { Guest } from './admit.ts'
import { Connection } from './connection.ts'
import type { Desk } from './desk.ts'
import type { DevicesOnline } from './devices-online.ts'
import { OwnRun } from './own-run.ts'
import type { RawEvent } from './take-event.ts'

export interface Welcoming {
  readonly guest: Guest
  readonly devices: DevicesOnline
  readonly take: (connection: Connection, event: RawEvent) => void
}

/** A connection has come about: from here on its events are taken, and its end is told to whoever counts on it. */
export function welcome(desk: Desk, socket: Socket, { guest, devices, take }: Welcoming): void {
  const { device } = guest.caller
  if (device !== null && !devices.add(device, socket)) return void socket.disconnect(true)
  const { runs, log, now } = desk.parts
  const failed = (error: unknown): void => void desk.failed(error)
  const ownRun = guest.runId === null ? null : new OwnRun(guest.runId, { runs, log, failed })
  const connection = new Connection(socket, guest, { now, ownRun })
  desk.counts.connections += 1
  // Nothing is handed on, so that no event ever reaches a listener of the library by its name.
  socket.use((event) => take(connection, event))
  socket.on('disconnect', () => {
    if (device !== null) devices.remove(device, socket)
    goodbye(desk, connection)
    // A client that left the namespace has no use for its transport, and nothing else would end it.
    socket.conn.close()
  })
}

function goodbye({ counts, parts, implicitRuns }: Desk, connection: Connection): void {
  counts.connections -= 1
  parts.presence.disconnected(connection.id)
  parts.registry.disconnected(connection.id)
  implicitRuns.disconnected(connection.id)
  connection.ended()
}
