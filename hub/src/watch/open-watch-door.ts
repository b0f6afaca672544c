import type { Socket } from 'socket.io'
import type { Desk } from '../socket/desk.ts'
import type { DevicesOnline } from '../socket/devices-online.ts'
import { Porter } from '../socket/porter.ts'
import { takeEvent, type RawEvent } from '../socket/take-event.ts'
import { admitWatcher, type WatchGuest } from './admit-watcher.ts'
import { WatchConnection } from './watch-connection.ts'
import { watchEvent } from './watch-event.ts'
import type { WatchLimits } from './watch-limits.ts'
import { Watching } from './watching.ts'

interface Entering {
  readonly guest: WatchGuest
  readonly devices: DevicesOnline
  readonly limits: WatchLimits
}

/** Serves `/watch`. */
export function openWatchDoor(desk: Desk, devices: DevicesOnline, limits: WatchLimits): Watching {
  const { io, gate, logins } = desk.parts
  const watching = new Watching({ ...desk.parts, limits })
  const porter = new Porter(desk, (knock) => admitWatcher({ gate, logins }, knock))
  const take = takeEvent(desk, { watch: watchEvent(desk, watching) })
  const namespace = io.of('/watch')
  namespace.use((socket, next) => void porter.receive(socket, next))
  namespace.on('connection', (socket: Socket) => {
    const connection = enter(desk, socket, { guest: porter.guestOf(socket), devices, limits })
    if (connection === null) return
    socket.use((event: RawEvent) => take(connection, event))
    socket.on('disconnect', () => watching.remove(connection.caller.namespace, connection))
  })
  return watching
}

/** Null where its device was taken back meanwhile. */
function enter(desk: Desk, socket: Socket, { guest, devices, limits }: Entering): WatchConnection | null {
  const { caller } = guest
  const { device } = caller
  if (device !== null && !devices.add(device, socket)) {
    socket.disconnect(true)
    return null
  }
  const connection = new WatchConnection(socket, { caller, now: desk.parts.now, limits })
  desk.counts.connections += 1
  socket.on('disconnect', () => {
    desk.counts.connections -= 1
    if (device !== null) devices.remove(device, socket)
    connection.ended()
    // A client that left the namespace has no use for its transport, and nothing else would end it.
    socket.conn.close()
  })
  return connection
}
