import { openFrontDoor } from '@holdfast/hub/listen/front-door'
import type { Socket } from 'socket.io'
import { describe, expect, test } from 'vitest'
import { contender, SOCKETS, type Contender } from './contender.ts'
import { LoadTarget } from './load-target.ts'

type Reply = (answer: object) => void

const CHANGED = ['a', 'b', 'c', 'd']

interface Answering extends AsyncDisposable {
  readonly url: string
}

/** A server that makes every session it is asked for, and answers every write with what it is given. */
async function answering(answer: (writes: number) => object): Promise<Answering> {
  const door = await openFrontDoor({
    host: '127.0.0.1',
    port: 0,
    http: async (request) => {
      const { id } = (await request.json()) as { readonly id: string }
      return Response.json({ session: { id } })
    },
    admission: { refusalOf: () => null },
    isShuttingDown: () => false,
  })
  door.io.of('/cli').on('connection', (socket: Socket) => {
    let writes = 0
    for (const event of ['patch-metadata', 'update-metadata'])
      socket.on(event, (_: unknown, reply: Reply) => {
        writes += 1
        reply(answer(writes))
      })
  })
  return { url: await door.listen(), [Symbol.asyncDispose]: () => door[Symbol.asyncDispose]() }
}

async function open(url: string, differs: Partial<Contender>): Promise<LoadTarget & Disposable> {
  const target = await LoadTarget.open({
    contender: contender('it', differs),
    url,
    token: 't',
    pid: process.pid,
  })
  return Object.assign(target, { [Symbol.dispose]: () => target.close() })
}

describe('a round of load', () => {
  test('every socket writes, and every ack counts', async () => {
    let answered = 0
    await using server = await answering((writes) => {
      answered += 1
      return { result: 'success', version: writes + 1, changed: CHANGED }
    })
    using target = await open(server.url, {})
    const { writes, p50Ms, p99Ms } = await target.round(50)
    expect(writes).toBe(answered)
    expect(writes).toBeGreaterThanOrEqual(SOCKETS)
    expect(p50Ms).toBeLessThanOrEqual(p99Ms)
  })

  test.each<[string, Partial<Contender>, (writes: number) => object]>([
    ['a version that stands still', {}, () => ({ result: 'success', version: 2, changed: CHANGED })],
    [
      'a change that was not made',
      {},
      (writes) => ({ result: 'success', version: writes + 1, changed: ['a'] }),
    ],
    ['a refusal', {}, () => ({ result: 'error', code: 'overloaded', message: 'Later.' })],
    [
      'a document without the change',
      { operation: 'replace' },
      (writes) => ({ result: 'success', version: writes + 1, metadata: {} }),
    ],
    ['a refusal of who only acks', { server: 'ack-only' }, () => ({ result: 'error' })],
  ])('%s is no write, and ends it', async (_, differs, answer) => {
    await using server = await answering(answer)
    using target = await open(server.url, differs)
    await expect(target.round(5000)).rejects.toThrow(/did not do what it should/)
  })

  test('a connection that is cut ends it, and every round after it', async () => {
    const server = await answering(() => ({ result: 'success', version: 2, changed: CHANGED }))
    using target = await open(server.url, { server: 'ack-only' })
    const ended = target.round(30_000).catch((error: unknown) => String(error))
    await server[Symbol.asyncDispose]()
    expect(await ended).toMatch(/was cut off/)
    await expect(target.round(1)).rejects.toThrow(/was cut off/)
  })
})
