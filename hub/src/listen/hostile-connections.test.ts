import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { RawSocket } from '../socket/contract/raw-frames.ts'
import { within } from '../within.ts'
import { exchange, request, statusOf } from './contract/raw-http.ts'
import { openFrontDoor, type FrontDoor } from './front-door.ts'
import { refuseUpgrade } from './refuse-upgrade.ts'

const ON_BUN = process.versions['bun'] !== undefined
const HOST = 'Host: 127.0.0.1'
const PATIENCE_MS = 8000
const RESETS = 20

/** Asks for a protocol that is not served, as clients that would rather speak HTTP/2 do with every first request. */
const TO_HTTP2 = request('GET /a HTTP/1.1', [HOST, 'Connection: Upgrade', 'Upgrade: h2c'])
const ELSEWHERE = request('GET /a HTTP/1.1', [HOST, 'Connection: Upgrade', 'Upgrade: websocket'])

interface Opened extends AsyncDisposable {
  readonly door: FrontDoor
  readonly port: number
}

async function open(): Promise<Opened> {
  const door = await openFrontDoor({
    host: '127.0.0.1',
    port: 0,
    admission: { refusalOf: () => null },
    isShuttingDown: () => false,
    http: async () => new Response('here'),
  })
  const port = Number(new URL(await door.listen()).port)
  return { door, port, [Symbol.asyncDispose]: () => door[Symbol.asyncDispose]() }
}

/** A client that keeps its side open whatever the hub does with its own. */
async function held(port: number, bytes: string): Promise<Socket & Disposable> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  socket.resume().write(bytes)
  return Object.assign(socket, { [Symbol.dispose]: () => void socket.destroy() })
}

const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
const AT_SOCKET = '/socket.io/?EIO=4&transport=websocket'
const UPGRADE = ['Connection: Upgrade', 'Upgrade: websocket']

describe('hostile connections', () => {
  test.each([
    ['that is no upgrade', 'GET', AT_SOCKET, []],
    ['that is an upgrade to something else', 'GET', AT_SOCKET, ['Connection: Upgrade', 'Upgrade: h2c', KEY]],
    ['of another method', 'POST', AT_SOCKET, []],
    ['of a session of its own', 'GET', `${AT_SOCKET}&sid=a`, []],
    ['without a key', 'GET', AT_SOCKET, [...UPGRADE, 'Sec-WebSocket-Version: 13']],
    ['with a key that is none', 'GET', AT_SOCKET, [...UPGRADE, 'Sec-WebSocket-Version: 13', `${KEY}=`]],
    ['of a version that is not there', 'GET', AT_SOCKET, [...UPGRADE, 'Sec-WebSocket-Version: 99', KEY]],
  ])(
    '[CO2] [SE5] a request for the socket %s is refused as the fault of who asks',
    async (_, method, path, headers) => {
      await using opened = await open()
      const bytes = request(`${method} ${path} HTTP/1.1`, [HOST, ...headers])
      const status = statusOf(await exchange(opened.port, bytes))
      expect(Math.floor(status / 100)).toBe(4)
    },
  )

  test.each([
    ['to HTTP/2', TO_HTTP2],
    ['to a socket at another address', ELSEWHERE],
  ])('[SE5] an upgrade %s that is reset ends nothing but itself', async (_, bytes) => {
    await using opened = await open()
    for (let sent = 0; sent < RESETS; sent += 1) {
      const socket = connect(opened.port, '127.0.0.1')
      socket.on('error', () => undefined)
      await once(socket, 'connect')
      socket.write(bytes)
      await new Promise((resolve) => setTimeout(resolve, sent))
      socket.resetAndDestroy()
    }
    const answer = await fetch(`http://127.0.0.1:${opened.port}/`)
    expect(await answer.text()).toBe('here')
  })

  test('[SE5] a refused upgrade whose connection fails is let go of, and its error goes nowhere', () => {
    const connection = new Duplex({ read: () => undefined, write: () => undefined })
    refuseUpgrade(connection)
    expect(connection.destroyed).toBe(false)
    // Without a listener, this throws.
    connection.emit('error', new Error('reset'))
    expect(connection.destroyed).toBe(true)
  })

  test.each([
    ['to HTTP/2', TO_HTTP2],
    ['to a socket at another address', ELSEWHERE],
  ])('[SE5] an upgrade %s is answered: on Bun as if it had not been asked for', async (_, bytes) => {
    await using opened = await open()
    expect(statusOf(await exchange(opened.port, bytes))).toBe(ON_BUN ? 200 : 400)
  })

  // On Bun it is a request like any other, and so is its connection.
  test.each(ON_BUN ? [] : ['Node'])(
    '[SE5] on %s an upgrade elsewhere is let go of, also where its client is not',
    async () => {
      await using opened = await open()
      using socket = await held(opened.port, ELSEWHERE)
      await once(socket, 'end')
      // Only a side that is gone altogether answers what is still sent with a reset.
      const gone = new Promise((resolve) => socket.once('close', resolve))
      const sending = setInterval(() => socket.write('x'), 20)
      const isGone = await within(gone, PATIENCE_MS)
      clearInterval(sending)
      expect(isGone).toBe(true)
    },
  )

  test.each([
    ['has not said all of its request', `GET /a HTTP/1.1\r\n${HOST}\r\n`],
    ['asked for an upgrade elsewhere', ELSEWHERE],
    ['has its answer and stays', request('GET /a HTTP/1.1', [HOST])],
  ])('[OP4] being disposed of, it does not wait for who %s', async (_, bytes) => {
    const opened = await open()
    using _socket = await held(opened.port, bytes)
    expect(await within(opened[Symbol.asyncDispose](), PATIENCE_MS)).toBe(true)
  })

  test('[OP4] being disposed of, it does not wait for a socket that has stopped reading', async () => {
    const opened = await open()
    using raw = await RawSocket.open(opened.port)
    raw.send('40/cli,')
    raw.stall()
    expect(await within(opened[Symbol.asyncDispose](), PATIENCE_MS)).toBe(true)
  })
})
