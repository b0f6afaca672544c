import { describe, expect, test } from 'vitest'
import { UnsentBytes } from '../listen/unsent-bytes.ts'
import { ACTOR } from '../store/contract/test-store.ts'
import type { SessionKey } from '../store/store.ts'
import { openWatchWorld, snapshotOf } from '../watch/contract/watch-world.ts'
import { RawSocket } from './contract/raw-frames.ts'
import { openSocketWorld, ROOT_TOKEN, type SocketWorld } from './contract/socket-world.ts'
import { until } from './contract/test-client.ts'

const PATCHES = 350
/** Together 20 MB: far more than the buffers of the system between a hub and a client. */
const VALUE = 60_000
const BOUND = 1024 * 1024

/** A connection that says who it is, and from then on reads nothing. */
async function stalled(world: SocketWorld, auth: object): Promise<RawSocket> {
  const raw = await RawSocket.open(world.port)
  raw.send(`40/cli,${JSON.stringify({ token: ROOT_TOKEN, clientType: 'session-scoped', ...auth })}`)
  await raw.hears('40/cli')
  raw.stall()
  return raw
}

function mostUnsent({ io }: SocketWorld, namespace: string): number {
  const unsent = new UnsentBytes()
  return Math.max(...[...io.of(namespace).sockets.values()].map((socket) => unsent.of(socket)))
}

/** Changes one field over and over; gives the most that was ever unsent to one connection. */
async function flood(world: SocketWorld, key: SessionKey, namespace: string): Promise<number> {
  let most = 0
  for (let n = 1; n <= PATCHES; n += 1) {
    const patch = { n, large: `${n} `.padEnd(VALUE, 'x') }
    await world.store.patchSessionMetadata({ ...key, actor: ACTOR, patch })
    most = Math.max(most, mostUnsent(world, namespace))
  }
  return most
}

describe('a member of a room that does not read', () => {
  test.each([
    ['a client of ours', ['patches']],
    ['a released client', []],
  ])(
    '[FE2] %s costs a bounded amount, is told the newest when it reads, and nobody else notices',
    async (_, features) => {
      await using world = await openSocketWorld({ behind: { lookMs: 5 } })
      const key = await world.born()
      using slow = await stalled(world, { sessionId: key.session, features })
      const healthy = await world.connect({ sessionId: key.session, features: ['patches'] })
      expect(await flood(world, key, '/cli')).toBeLessThan(BOUND)
      const told = () => healthy.all('session-patched') as { version: number }[]
      await until('the healthy one has it all', () => told().length === PATCHES)
      expect(told().map(({ version }) => version)).toEqual(
        Array.from({ length: PATCHES }, (__, at) => at + 2),
      )
      expect(slow.frames.length).toBe(2)
      slow.goOn()
      const isNewest = (frame: string): boolean =>
        frame.startsWith('42/cli,["update"') && frame.includes(`"metadata":{"version":${PATCHES + 1},`)
      await until('it is told the newest', () => slow.frames.some(isNewest))
      expect(slow.frames.length).toBeLessThan(PATCHES)
      expect(world.door.counts.connections).toBe(2)
    },
    60_000,
  )

  test('[FE2] one that reads nothing for half a minute is cut', async () => {
    await using world = await openSocketWorld({ behind: { lookMs: 5 } })
    const key = await world.born()
    using slow = await stalled(world, { sessionId: key.session, features: ['patches'] })
    const healthy = await world.connect({ sessionId: key.session, features: ['patches'] })
    await flood(world, key, '/cli')
    expect(world.door.counts.connections).toBe(2)
    world.clock.move(30_000)
    await until('it is cut', () => world.door.counts.connections === 1)
    expect(slow.status).toBe(101)
    await healthy.settled()
    expect(healthy.all('session-patched').length).toBe(PATCHES)
  }, 60_000)

  test('[FE2] one of a machine is told the newest of the machine', async () => {
    await using world = await openSocketWorld({ behind: { lookMs: 5 } })
    await world.machine('m1', { host: 'h', platform: 'linux', happyCliVersion: '1' })
    const auth = { clientType: 'machine-scoped', machineId: 'm1' } as const
    using slow = await stalled(world, auth)
    const writer = await world.connect(auth)
    let version = 1
    for (; version <= 20; version += 1) {
      const runnerState = { status: 'running', pid: version, note: 'x'.repeat(700_000) }
      const request = { machineId: 'm1', expectedVersion: version, runnerState }
      expect(await writer.ask('machine-update-state', request)).toMatchObject({ result: 'success' })
    }
    expect(mostUnsent(world, '/cli')).toBeLessThan(2 * BOUND)
    slow.goOn()
    const isNewest = (frame: string): boolean => frame.includes(`"runnerState":{"version":${version},`)
    await until('it is told the newest', () => slow.frames.some(isNewest))
    expect(slow.frames.length).toBeLessThan(22)
  }, 60_000)
})

describe('a watcher that does not read', () => {
  test('[FE2] costs no more than a page, and nobody else notices', async () => {
    await using all = await openWatchWorld()
    const { world } = all
    const key = await world.born()
    using slow = await RawSocket.open(world.port)
    slow.send(`40/watch,${JSON.stringify({ token: ROOT_TOKEN })}`)
    await slow.hears('40/watch')
    slow.send('42/watch,1["watch",{"since":0}]')
    await slow.hears('43/watch,1')
    slow.stall()
    const healthy = all.watcher()
    await healthy.watch()
    expect(await flood(world, key, '/watch')).toBeLessThan(BOUND)
    await until('the healthy one has it all', () => healthy.seq === PATCHES + 1)
    expect(healthy.sessions).toEqual(await snapshotOf(world.store))
    slow.goOn()
    await slow.hears('42/watch')
    expect(slow.frames.filter((frame) => frame.includes('"changes"')).length).toBe(1)
  }, 60_000)
})
