import { HubHttp } from '@holdfast/shared/client/http/hub-http'
import { openSessionClient } from '@holdfast/shared/client/open-session-client'
import { realOutside } from '@holdfast/shared/client/real-outside'
import type { SessionClient } from '@holdfast/shared/client/session-client'
import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import { jsonEqual, type JsonObject } from '@holdfast/shared/metadata/json'
import { describe, expect, test } from 'vitest'
import { newHome, removeHome, startHubProcess, type HubProcess } from '../contract/hub-process.ts'
import { until } from '../socket/contract/test-client.ts'

const TOKEN = 'a-token-for-the-session-client'
/** Far longer than it takes; only a failing test waits for it. */
const PATIENCE_MS = 30_000
const START = { path: '/p', host: 'h', claudeSessionId: 'token-0', count: 0 }

/** A hub that can be killed and started again at the same address. */
class Station implements AsyncDisposable {
  readonly home = newHome()
  #hub: HubProcess
  #url = ''

  private constructor() {
    this.#hub = this.#start('0')
  }

  static async open(): Promise<Station> {
    const station = new Station()
    station.#url = await station.#hub.address()
    return station
  }

  get url(): string {
    return this.#url
  }

  get http(): HubHttp {
    const url = this.#url
    return new HubHttp({ url, token: TOKEN, outside: realOutside, fetch: (to, init) => fetch(to, init) })
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    this.#hub.signal(signal)
    await this.#hub.ended
  }

  async startAgain(): Promise<void> {
    this.#hub = this.#start(new URL(this.#url).port)
    await this.#hub.address()
  }

  async session(metadata: JsonObject = START): Promise<string> {
    return (await this.http.createSession({ tag: `tag ${Math.random()}`, metadata })).id
  }

  client(sessionId: string, token = TOKEN): SessionClient {
    return openSessionClient({ url: this.#url, token, sessionId })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#hub[Symbol.asyncDispose]()
    removeHome(this.home)
  }

  #start(port: string): HubProcess {
    return startHubProcess({ HOLDFAST_HOME: this.home, HOLDFAST_PORT: port, HOLDFAST_TOKEN: TOKEN })
  }
}

function increment({ count }: Readonly<JsonObject>): JsonObject {
  return { count: Number(count) + 1 }
}

/** How a promise came out that is to be rejected. */
async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    return await promise
  } catch (error) {
    return error instanceof HoldfastError ? error.code : error
  }
}

/** Whether everybody has the very same as the hub. */
async function hasConverged(
  station: Station,
  id: string,
  clients: readonly SessionClient[],
): Promise<boolean> {
  const { metadata, metadataVersion } = await station.http.readSession(id)
  return clients.every(
    ({ confirmed }) =>
      confirmed?.version === metadataVersion && jsonEqual(confirmed.metadata, metadata as JsonObject),
  )
}

async function converged(station: Station, id: string, clients: readonly SessionClient[]): Promise<void> {
  const start = performance.now()
  while (!(await hasConverged(station, id, clients))) {
    if (performance.now() - start > PATIENCE_MS) throw new Error('They never came to have the same.')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe('two clients of one session, and a hub that dies', () => {
  test('[VE5] [VE6] [CL8] every call takes effect once and stays, through kill -9 and restarts', async () => {
    await using station = await Station.open()
    const id = await station.session()
    await using one = station.client(id)
    await using other = station.client(id)
    const clients = [one, other]
    const rounds = 6
    const perRound = 20
    const incrementsPerRound = 8
    const all: Promise<unknown>[] = []
    for (let round = 0; round < rounds; round += 1) {
      for (let call = 0; call < perRound * clients.length; call += 1) {
        const index = call % clients.length
        const client = clients[index]
        if (client === undefined) continue
        all.push(client.updateMetadata({ [`f${index}-${round}-${call}`]: 1 }))
        if (call % 4 === 0) all.push(client.updateMetadata({ last: all.length }))
        if (call < incrementsPerRound) all.push(client.updateMetadata(increment))
      }
      // Killed at whatever instant this is: some calls are acknowledged, some under way, most still wait.
      await all[all.length - perRound]
      if (round % 2 === 0) {
        await station.end('SIGKILL')
        await station.startAgain()
      }
    }
    await Promise.all(all)
    await converged(station, id, clients)
    const { metadata, metadataVersion } = await station.http.readSession(id)
    expect(metadata['count']).toBe(rounds * incrementsPerRound)
    expect(metadataVersion).toBe(1 + all.length)
    for (const [index] of clients.entries()) {
      const own = Object.keys(metadata).filter((name) => name.startsWith(`f${index}-`))
      expect(own).toHaveLength(rounds * perRound)
    }
    expect(metadata['claudeSessionId']).toBe('token-0')
  })

  test('[OP4] [CL7] a hub that is told to end and comes back: nothing is lost, nobody has to start again', async () => {
    await using station = await Station.open()
    const id = await station.session()
    await using one = station.client(id)
    await using other = station.client(id)
    await Promise.all([one.ready(), other.ready()])
    const before = Array.from({ length: 50 }, (_, at) => one.updateMetadata({ [`b${at}`]: at }))
    await station.end('SIGTERM')
    const during = Array.from({ length: 50 }, (_, at) => one.updateMetadata({ [`d${at}`]: at }))
    expect(one.metadata).toMatchObject({ b49: 49, d49: 49 })
    await station.startAgain()
    await Promise.all([...before, ...during])
    await converged(station, id, [one, other])
    expect(other.version).toBe(101)
    expect([one.state, other.state]).toEqual(['live', 'live'])
  })

  test('[WI4] what one writes the other shows', async () => {
    await using station = await Station.open()
    const id = await station.session({ ...START, cursorSessionId: 'c', cursorSessionProtocol: 'acp' })
    await using one = station.client(id)
    await using other = station.client(id)
    await Promise.all([one.ready(), other.ready()])
    await one.updateMetadata({ summary: { text: 'what it is about', updatedAt: 1 } }, { reason: 'named' })
    await one.clearResumeToken({ flavor: 'cursor', reason: 'the test says so', expectedToken: 'c' })
    await converged(station, id, [one, other])
    expect(other.metadata).toEqual({ ...START, summary: { text: 'what it is about', updatedAt: 1 } })
  })

  test('[CO10] what released clients may not see is seen, and patched, by ours', async () => {
    await using station = await Station.open()
    const id = await station.session({ title: 'neither path nor host' })
    await using client = station.client(id)
    expect((await client.ready()).metadata).toEqual({ title: 'neither path nor host' })
    await client.updateMetadata({ title: 'still' })
    expect(client.confirmed?.metadata).toEqual({ title: 'still' })
  })

  test('[ME11] the largest patch goes through the whole hub', async () => {
    await using station = await Station.open()
    const id = await station.session()
    await using client = station.client(id)
    const text = 'x'.repeat(256 * 1024 - '{"big":""}'.length)
    expect((await client.updateMetadata({ big: text })).changed).toEqual(['big'])
  })
})

describe('a client that the hub will not have', () => {
  test('[CL7] with a token that is not known it stops, and what waits ends', async () => {
    await using station = await Station.open()
    await using client = station.client(await station.session(), `${TOKEN}-not`)
    const written = codeOf(client.updateMetadata({ title: 't' }))
    expect([await codeOf(client.ready()), await written]).toEqual(['unauthorized', 'unauthorized'])
    expect(client.state).toBe('stopped')
  })

  test("[CL7] [SE2] for a session that is not there, or is another tenant's, it stops", async () => {
    await using station = await Station.open()
    const id = await station.session()
    await using lost = station.client('00000000-0000-4000-8000-000000000000')
    await using stranger = station.client(id, `${TOKEN}:another`)
    for (const client of [lost, stranger]) {
      expect(await codeOf(client.ready())).toBe('session_not_found')
      expect(client.state).toBe('stopped')
    }
  })

  test('[SE1] [CL7] when its device is revoked it stops', async () => {
    await using station = await Station.open()
    const id = await station.session()
    const headers = { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' }
    const body = JSON.stringify({ name: 'laptop', role: 'agent' })
    const added = await fetch(`${station.url}/api/devices`, { method: 'POST', headers, body })
    const { device, token } = (await added.json()) as { device: { id: string }; token: string }
    await using client = station.client(id, token)
    await client.updateMetadata({ title: 'by the device' })
    await fetch(`${station.url}/api/devices/${device.id}`, { method: 'DELETE', headers })
    await until('the client stops', () => client.state === 'stopped')
    expect(client.stoppedBy?.code).toBe('unauthorized')
    expect(await codeOf(client.updateMetadata({ title: 'too late' }))).toBe('unauthorized')
  })
})

describe('liveness', () => {
  test('[CO12] a session is active while its client says so, and not after its end was heard', async () => {
    await using station = await Station.open()
    const id = await station.session()
    await using client = station.client(id)
    await client.ready()
    client.alive({ thinking: true })
    await client.updateMetadata({ title: 'said after it' })
    expect(await client.readSession()).toMatchObject({ active: true, thinking: true })
    await client.end({ reason: 'completed' })
    expect(await client.readSession()).toMatchObject({ active: false })
    await client.updateMetadata({ lifecycleState: 'archived' })
    expect((await client.readSession()).metadata).toMatchObject({ lifecycleState: 'archived' })
  })
})
