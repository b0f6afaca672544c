import type { Socket } from 'socket.io'
import { io as connectTo, type Socket as ClientSocket } from 'socket.io-client'
import { describe, expect, test } from 'vitest'
import { openFrontDoor, type FrontDoor } from '../listen/front-door.ts'
import { machineRoom, wholeRoom } from './rooms.ts'
import { SocketRooms } from './socket-rooms.ts'

const ROOM = wholeRoom({ namespace: 'default', session: 's' })
const OTHER = machineRoom({ namespace: 'default', machine: 'm' })

/** A real server whose clients join the rooms that they name in their handshake. */
class Wired implements AsyncDisposable {
  readonly rooms: SocketRooms
  readonly #door: FrontDoor
  readonly #url: string
  readonly #clients: ClientSocket[] = []

  static async open(): Promise<Wired> {
    const door = await openFrontDoor({
      host: '127.0.0.1',
      port: 0,
      admission: { refusalOf: () => null },
      isShuttingDown: () => false,
      http: async () => new Response('', { status: 404 }),
    })
    door.io.of('/cli').on('connection', (socket: Socket) => {
      socket.on('ping', (answer: () => void) => answer())
      return socket.join(socket.handshake.auth['rooms'] as string[])
    })
    return new Wired(door, await door.listen())
  }

  constructor(door: FrontDoor, url: string) {
    this.#door = door
    this.#url = url
    this.rooms = new SocketRooms(door.io.of('/cli'), performance.now.bind(performance))
  }

  /** A client that is in the rooms, and what it hears. */
  async join(...rooms: string[]): Promise<{ id: string; heard: unknown[]; client: ClientSocket }> {
    const options = { transports: ['websocket'], reconnection: false, forceNew: true, auth: { rooms } }
    const client = connectTo(`${this.#url}/cli`, options)
    this.#clients.push(client)
    const heard: unknown[] = []
    client.onAny((event: string, payload: unknown) => heard.push([event, payload]))
    await new Promise<void>((resolve, reject) => {
      client.once('connect', resolve)
      client.once('connect_error', reject)
    })
    return { id: client.id ?? '', heard, client }
  }

  /** Until every client has what was sent to it before: events and acks of a connection come in order. */
  async delivered(): Promise<void> {
    const connected = this.#clients.filter((client) => client.connected)
    await Promise.all(connected.map((client) => client.timeout(60_000).emitWithAck('ping')))
  }

  async until(condition: () => boolean): Promise<void> {
    const giveUp = Date.now() + 60_000
    while (!condition()) {
      if (Date.now() > giveUp) throw new Error('It never came.')
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.disconnect()
    await this.#door[Symbol.asyncDispose]()
  }
}

function message(n: number) {
  return { event: 'update', payload: { n } } as const
}

describe('rooms of real connections', () => {
  test('[CO4] everybody in a room hears what is told there, but the one that is left out', async () => {
    await using wired = await Wired.open()
    const [a, b, stranger] = [await wired.join(ROOM), await wired.join(ROOM, OTHER), await wired.join(OTHER)]
    wired.rooms.emit(ROOM, message(1))
    wired.rooms.emit(ROOM, message(2), a.id)
    wired.rooms.emit(OTHER, message(3), a.id)
    await wired.delivered()
    const [one, two, three] = [1, 2, 3].map((n) => ['update', { n }])
    expect([a.heard, b.heard, stranger.heard]).toEqual([[one], [one, two, three], [three]])
  })

  test('[CO4] a room has as many as are in it, without the one that is left out', async () => {
    await using wired = await Wired.open()
    const [a, b] = [await wired.join(ROOM), await wired.join(ROOM)]
    const stranger = await wired.join(OTHER)
    const { rooms } = wired
    expect([rooms.size(ROOM), rooms.size(ROOM, a.id), rooms.size(ROOM, stranger.id)]).toEqual([2, 1, 2])
    expect([rooms.size(OTHER, stranger.id), rooms.size('nobody', a.id)]).toEqual([0, 0])
    b.client.disconnect()
    await wired.until(() => rooms.size(ROOM) === 1)
    expect(rooms.size(ROOM, a.id)).toBe(0)
  })

  test('[FE1] the rooms that somebody is in are known, and none that everybody has left', async () => {
    await using wired = await Wired.open()
    await wired.join(OTHER)
    const { client } = await wired.join(ROOM)
    const occupied = (room: string) => [...wired.rooms.occupied()].includes(room)
    expect([occupied(ROOM), occupied(OTHER), occupied('nobody')]).toEqual([true, true, false])
    client.disconnect()
    await wired.until(() => !occupied(ROOM))
    expect(occupied(OTHER)).toBe(true)
  })
})
