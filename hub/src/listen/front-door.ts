import type { Server, Socket } from 'socket.io'
import type { Admission } from '../auth/admission.ts'
import type { HttpDoor } from '../http/http-door.ts'

export interface FrontDoorParts {
  readonly host: string
  readonly port: number
  readonly http: HttpDoor
  readonly admission: Admission
  readonly isShuttingDown: () => boolean
}

/** The one port of the hub: HTTP and sockets, on whichever runtime it is. Disposing of it cuts every connection. */
export interface FrontDoor extends AsyncDisposable {
  readonly io: Server
  /** Where a connection comes from, as the runtime knows it and never as a header says. */
  readonly addressOf: (socket: Socket) => string
  /** Starts to take connections; gives the address to type. */
  listen(): Promise<string>
  /** Takes no more connections; those that are there go on. */
  stopAccepting(): void
}

/** Chosen before anything is imported: each runtime has a socket engine of its own, and the other's does not work there. */
export async function openFrontDoor(parts: FrontDoorParts): Promise<FrontDoor> {
  if (process.versions['bun'] === undefined) {
    const { openNodeFrontDoor } = await import('./node-front-door.ts')
    return openNodeFrontDoor(parts)
  }
  const { openBunFrontDoor } = await import('./bun-front-door.ts')
  return openBunFrontDoor(parts)
}
