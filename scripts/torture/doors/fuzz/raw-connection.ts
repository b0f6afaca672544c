import { connect, type Socket } from 'node:net'

/** Bytes to the hub, bytes from the hub, and nothing that makes sense of them. */
export class RawConnection {
  readonly #socket: Socket
  readonly #arrived: (bytes: Buffer) => void
  #isOpen = true
  #waiting: (() => void)[] = []

  constructor(port: number, arrived: (bytes: Buffer) => void) {
    this.#arrived = arrived
    this.#socket = connect(port, '127.0.0.1')
    this.#socket.setNoDelay(true)
    this.#socket.on('data', (bytes: Buffer) => {
      this.#arrived(bytes)
      this.#wake()
    })
    const ended = (): void => {
      this.#isOpen = false
      this.#wake()
    }
    this.#socket.on('end', ended)
    this.#socket.on('close', ended)
    // An end like any other: what matters is whether the hub lives.
    this.#socket.on('error', ended)
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  write(bytes: Buffer): void {
    if (this.#isOpen) this.#socket.write(bytes)
  }

  /** Waits until this holds, the connection ends, or the time is up; whether it holds. */
  async until(holds: () => boolean, withinMs: number): Promise<boolean> {
    const end = Date.now() + withinMs
    while (this.#isOpen && !holds() && Date.now() < end) await this.#next(end - Date.now())
    return holds()
  }

  close(): void {
    this.#isOpen = false
    this.#socket.destroy()
    this.#wake()
  }

  #next(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, withinMs)
      this.#waiting.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
