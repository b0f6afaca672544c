import type { Socket } from 'socket.io'

/** Which connections came in with which device's token, so that they end when it is taken back. */
export class DevicesOnline {
  readonly #sockets = new Map<string, Set<Socket>>()
  /** Devices do not come back, and are few. One may be taken back while a connection of it is coming about. */
  readonly #revoked = new Set<string>()

  /** False where the device was taken back meanwhile. */
  add(device: string, socket: Socket): boolean {
    if (this.#revoked.has(device)) return false
    const sockets = this.#sockets.get(device)
    if (sockets === undefined) this.#sockets.set(device, new Set([socket]))
    else sockets.add(socket)
    return true
  }

  remove(device: string, socket: Socket): void {
    const sockets = this.#sockets.get(device)
    sockets?.delete(socket)
    if (sockets?.size === 0) this.#sockets.delete(device)
  }

  /** Nothing more is sent to it, and it is not to come back. */
  revoke(device: string): void {
    this.#revoked.add(device)
    // Each goes from the set while it ends, which a walk through a set allows.
    for (const socket of this.#sockets.get(device) ?? []) socket.disconnect(true)
  }
}
