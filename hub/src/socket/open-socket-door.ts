import type { Socket } from 'socket.io'
import { openWatchDoor } from '../watch/open-watch-door.ts'
import { WATCH_LIMITS, type WatchLimits } from '../watch/watch-limits.ts'
import { admit } from './admit.ts'
import { Desk } from './desk.ts'
import { DevicesOnline } from './devices-online.ts'
import { eventHandlers } from './event-handlers.ts'
import { Porter } from './porter.ts'
import type { SocketDoor, SocketDoorParts } from './socket-door.ts'
import { takeEvent } from './take-event.ts'
import { welcome } from './welcome.ts'

/** Serves `/cli` and `/watch`, and turns away whoever connects to the namespace that the library always has. */
export function openSocketDoor(parts: SocketDoorParts, watchLimits: WatchLimits = WATCH_LIMITS): SocketDoor {
  const desk = new Desk(parts)
  const porter = new Porter(desk, (knock) => admit(parts, knock))
  const devices = new DevicesOnline()
  const take = takeEvent(desk, eventHandlers(desk))
  parts.gate.onRevoked((device) => devices.revoke(device))
  parts.io.use((socket, next) => porter.turnAway(socket, next))
  const cli = parts.io.of('/cli')
  cli.use((socket, next) => void porter.receive(socket, next))
  cli.on('connection', (socket: Socket) =>
    welcome(desk, socket, { guest: porter.guestOf(socket), devices, take }),
  )
  const watching = openWatchDoor(desk, devices, watchLimits)
  return {
    counts: desk.counts,
    drain: () => {
      watching.end()
      return desk.drain()
    },
  }
}
