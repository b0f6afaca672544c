import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import type { Random } from '../random.ts'
import { CuttingProxy } from './cutting-proxy.ts'

const LENGTHS = { deafMs: 2000, stallMs: 1 }

interface Opened {
  readonly proxy: CuttingProxy
  /** What the server heard; it says everything back. */
  readonly heard: string[]
}

async function throughProxy(
  random: Random,
  work: (opened: Opened) => Promise<void>,
  lengths = LENGTHS,
): Promise<void> {
  const heard: string[] = []
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      heard.push(bytes.toString())
      socket.write(`echo ${bytes.toString()}`)
    })
  })
  const listening = once(server, 'listening')
  server.listen(0, '127.0.0.1')
  await listening
  const proxy = await CuttingProxy.open((server.address() as AddressInfo).port, random, lengths)
  try {
    await work({ proxy, heard })
  } finally {
    await proxy[Symbol.asyncDispose]()
    server.close()
  }
}

async function talk(
  url: string,
): Promise<{ say: (text: string) => void; answers: string[]; ended: Promise<unknown> }> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  const answers: string[] = []
  socket.on('data', (bytes) => answers.push(bytes.toString()))
  socket.on('error', () => undefined)
  const ended = once(socket, 'close')
  await once(socket, 'connect')
  return { say: (text) => void socket.write(text), answers, ended }
}

async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 20_000
  while (!holds()) {
    if (Date.now() > end) throw new Error('It never came about.')
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

const never = (): number => 0.9
const half = (): number => 0.5
const always = (): number => 0

describe('the proxy that cuts connections', () => {
  test('lets everything through until then', () =>
    throughProxy(never, async ({ proxy, heard }) => {
      const { say, answers } = await talk(proxy.url)
      say('hello')
      await until(() => answers.length > 0)
      expect([heard, answers, proxy.cuts]).toEqual([['hello'], ['echo hello'], 0])
    }))

  test('can let a request through, and not its answer', () =>
    throughProxy(never, async ({ proxy, heard }) => {
      const { say, answers, ended } = await talk(proxy.url)
      say('first')
      await until(() => answers.length > 0)
      proxy.cut()
      say('second')
      await ended
      expect([heard, answers, proxy.cuts]).toEqual([['first', 'second'], ['echo first'], 1])
    }))

  test('can cut at once, and a connection only once', () =>
    throughProxy(always, async ({ proxy }) => {
      const { say, answers, ended } = await talk(proxy.url)
      say('hello')
      await until(() => answers.length > 0)
      proxy.cut()
      proxy.cut()
      await ended
      expect(proxy.cuts).toBe(1)
    }))

  test('can let a part of what the hub says through, and no more', () =>
    throughProxy(half, async ({ proxy, heard }) => {
      const { say, answers, ended } = await talk(proxy.url)
      say('first')
      await until(() => answers.length > 0)
      proxy.tear()
      expect(proxy.tears).toBe(0)
      say('second')
      await ended
      expect([heard, answers, proxy.tears]).toEqual([['first', 'second'], ['echo first', 'echo '], 1])
    }))

  test('can hold back what the hub says to one client', () =>
    throughProxy(
      never,
      async ({ proxy }) => {
        const stalled = await talk(proxy.url)
        stalled.say('first')
        await until(() => stalled.answers.length > 0)
        proxy.stall()
        stalled.say('second')
        const other = await talk(proxy.url)
        for (const count of [1, 2, 3]) {
          other.say('hello')
          await until(() => other.answers.length === count)
        }
        expect([stalled.answers, proxy.stalls, proxy.cuts]).toEqual([['echo first'], 1, 0])
      },
      { ...LENGTHS, stallMs: 600_000 },
    ))

  test('lets it through in the end', () =>
    throughProxy(never, async ({ proxy }) => {
      const { say, answers } = await talk(proxy.url)
      say('first')
      await until(() => answers.length > 0)
      proxy.stall()
      say('second')
      await until(() => answers.length > 1)
      expect(answers).toEqual(['echo first', 'echo second'])
    }))
})
