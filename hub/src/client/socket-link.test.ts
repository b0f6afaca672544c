import type { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import type { Link } from '@holdfast/shared/client/link'
import { socketDialer } from '@holdfast/shared/client/socket-link'
import type { Namespace, Socket } from 'socket.io'
import { describe, expect, test } from 'vitest'
import { openFrontDoor } from '../listen/front-door.ts'
import { until } from '../socket/contract/test-client.ts'

const AUTH = { token: 'token', clientType: 'session-scoped', sessionId: 's' } as const

interface Exchange extends AsyncDisposable {
  readonly url: string
  readonly namespace: Namespace
  /** Connections of the other end, in the order in which they came. */
  readonly sockets: Socket[]
}

/** A real server of the real engine, whose answers the test makes. */
async function exchange(): Promise<Exchange> {
  const door = await openFrontDoor({
    host: '127.0.0.1',
    port: 0,
    http: () => Promise.resolve(new Response()),
    admission: { refusalOf: () => null },
    isShuttingDown: () => false,
  })
  const namespace = door.io.of('/cli')
  const sockets: Socket[] = []
  namespace.on('connection', (socket) => sockets.push(socket))
  return {
    url: await door.listen(),
    namespace,
    sockets,
    [Symbol.asyncDispose]: () => door[Symbol.asyncDispose](),
  }
}

class Caller implements Disposable {
  ups = 0
  readonly downs: HoldfastError[] = []
  readonly heard: unknown[] = []
  readonly link: Link

  constructor(url: string) {
    this.link = socketDialer({ url, auth: { ...AUTH } })({
      onUp: () => (this.ups += 1),
      onDown: (why) => this.downs.push(why),
      onEvent: (event, payload, reply) => {
        this.heard.push([event, payload])
        reply('an answer')
      },
    })
  }

  up(): Promise<void> {
    return until('it is up', () => this.ups > 0)
  }

  down(): Promise<void> {
    return until('it is down', () => this.downs.length > 0)
  }

  [Symbol.dispose](): void {
    this.link.close()
  }
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
  try {
    return JSON.stringify(await promise)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

describe('a link over socket.io', () => {
  test('[CO2] it says who it is, and what it asks is answered', async () => {
    await using there = await exchange()
    using caller = new Caller(there.url)
    await caller.up()
    const [socket] = there.sockets
    expect(socket?.handshake.auth).toEqual(AUTH)
    socket?.on('patch-metadata', (payload: object, ack: (answer: unknown) => void) =>
      ack({ ...payload, yes: 1 }),
    )
    socket?.on('ping', (...given: unknown[]) => {
      const ack = given.at(-1)
      if (typeof ack === 'function') ack()
    })
    expect(await caller.link.ask('patch-metadata', { a: 1 }, 20_000)).toEqual({ a: 1, yes: 1 })
    expect(await caller.link.ask('ping', undefined, 20_000)).toBe(undefined)
  })

  test('[VE5] an ack that does not come in time rejects, and one that comes later is nothing', async () => {
    await using there = await exchange()
    using caller = new Caller(there.url)
    await caller.up()
    const acks: ((answer: unknown) => void)[] = []
    there.sockets[0]?.on('slow', (_payload: object, ack: (answer: unknown) => void) => acks.push(ack))
    expect(await messageOf(caller.link.ask('slow', {}, 50))).toContain('timed out')
    await until('it was asked', () => acks.length > 0)
    acks[0]?.({ late: true })
    expect(caller.downs).toEqual([])
  })

  test('[VE5] a connection that ends rejects what was asked, and says so once', async () => {
    await using there = await exchange()
    using caller = new Caller(there.url)
    await caller.up()
    const asked = messageOf(caller.link.ask('unheard', {}, 20_000))
    await until('somebody is there', () => there.sockets.length === 1)
    there.sockets[0]?.conn.close()
    expect(await asked).toContain('disconnected')
    await caller.down()
    expect(caller.downs.map(({ code }) => code)).toEqual(['hub_unreachable'])
  })

  test('[CL7] nothing that is said before it is up, or after it is down, is kept for later', async () => {
    await using there = await exchange()
    const arrived: string[] = []
    there.namespace.on('connection', (socket) => socket.onAny((event: string) => arrived.push(event)))
    using caller = new Caller(there.url)
    expect(await messageOf(caller.link.ask('early', {}, 20_000))).toContain('not connected')
    caller.link.tell('early', {})
    caller.link.tellNow('early', {})
    await caller.up()
    caller.link.tell('said', {})
    await until('it was said', () => arrived.includes('said'))
    caller.link.close()
    caller.link.tell('late', {})
    using next = new Caller(there.url)
    await next.up()
    next.link.tell('last', {})
    await until('the last was said', () => arrived.includes('last'))
    expect(arrived).toEqual(['said', 'last'])
  })

  test('[CL7] it never connects again by itself', async () => {
    await using there = await exchange()
    using caller = new Caller(there.url)
    await caller.up()
    there.sockets[0]?.conn.close()
    await caller.down()
    using next = new Caller(there.url)
    await next.up()
    expect([caller.ups, there.sockets.length]).toEqual([1, 2])
  })

  test('[CO11] a refusal with a code is told with it', async () => {
    await using there = await exchange()
    there.namespace.use((_, next) =>
      next(Object.assign(new Error('No.'), { data: { code: 'unauthorized' } })),
    )
    using caller = new Caller(there.url)
    await caller.down()
    expect(caller.downs.map(({ code, message }) => [code, message])).toEqual([['unauthorized', 'No.']])
  })

  test('[CO11] a transport that is closed before the answer is a passing cause', async () => {
    await using there = await exchange()
    there.namespace.use((socket) => socket.conn.close())
    using caller = new Caller(there.url)
    await caller.down()
    expect(caller.downs.map(({ code }) => code)).toEqual(['hub_unreachable'])
    expect(caller.ups).toBe(0)
  })

  test('[CL7] nobody at that address is a passing cause', async () => {
    const there = await exchange()
    await there[Symbol.asyncDispose]()
    using caller = new Caller(there.url)
    await caller.down()
    expect(caller.downs.map(({ code }) => code)).toEqual(['hub_unreachable'])
  })

  test('[CO6] what the other end asks is answered, and what it only says is not', async () => {
    await using there = await exchange()
    using caller = new Caller(there.url)
    await caller.up()
    await until('somebody is there', () => there.sockets.length === 1)
    expect(await there.sockets[0]?.timeout(20_000).emitWithAck('rpc-request', { method: 'm' })).toBe(
      'an answer',
    )
    there.sockets[0]?.emit('update', { a: 1 })
    await until('it is heard', () => caller.heard.length === 2)
    expect(caller.heard).toEqual([
      ['rpc-request', { method: 'm' }],
      ['update', { a: 1 }],
    ])
  })

  test('[VE9] once closed it tells nothing, not even that it is down', async () => {
    await using there = await exchange()
    using caller = new Caller(there.url)
    await caller.up()
    await until('somebody is there', () => there.sockets.length === 1)
    const [socket] = there.sockets
    const gone = new Promise((resolve) => socket?.once('disconnect', resolve))
    caller.link.close()
    socket?.emit('update', {})
    await gone
    expect([caller.heard, caller.downs]).toEqual([[], []])
  })
})
