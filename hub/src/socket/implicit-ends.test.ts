import type { ErrorCode } from '@holdfast/shared/errors/codes'
import { describe, expect, test } from 'vitest'
import { runsOf } from '../store/contract/test-store.ts'
import type { SessionKey } from '../store/store.ts'
import { changed, failing } from './contract/changed-store.ts'
import { LEASE_MS, openSocketWorld, PLACE, type SocketWorld } from './contract/socket-world.ts'
import { until, type TestClient } from './contract/test-client.ts'

const TOKEN = 'the-token-of-claude'
const KNOWN = { ...PLACE, flavor: 'claude', machineId: 'm1', claudeSessionId: TOKEN }

async function statesOf({ store }: SocketWorld, session: SessionKey): Promise<string[]> {
  return (await runsOf(store, session)).map(({ state, contended }) => (contended ? `${state}!` : state))
}

function says(client: TestClient, { session }: SessionKey): void {
  client.tell('session-alive', { sid: session, time: 1, thinking: false })
}

/** The only live run of a session; null where it has none, or more than one. */
function liveRun({ runs }: SocketWorld, session: SessionKey): string | null {
  const [run, ...others] = runs.live.inSession(session)
  return run === undefined || others.length > 0 ? null : run.id
}

/** A client of the session is alive, and says that it completed. */
async function ended(world: SocketWorld, session: SessionKey): Promise<TestClient> {
  const client = await world.connect({ sessionId: session.session })
  says(client, session)
  await until('it has a run', () => liveRun(world, session) !== null)
  client.tell('session-end', { sid: session.session, time: 1, reason: 'completed' })
  return client
}

/** A session whose client said that it completed, while the store could not take it; and the way to let it. */
async function unstored(code: ErrorCode) {
  let isFailing = true
  const world = await openSocketWorld({
    store: (store) =>
      changed(store, { endRuns: (request) => (isFailing ? failing(code)() : store.endRuns(request)) }),
  })
  const session = await world.born(KNOWN)
  const client = await ended(world, session)
  await until('it was logged', () => world.lines.some((line) => line.includes(code)))
  const heal = (): void => void (isFailing = false)
  return { world, session, client, heal }
}

describe('an end that can not be stored', () => {
  test.each(['storage_full', 'storage_busy', 'overloaded'] as const)(
    '[RU2] [OP5] (%s) is stored by the first sweep that can, as it was said, however late',
    async (code) => {
      const { world, session, client, heal } = await unstored(code)
      await using _ = world
      world.clock.move(LEASE_MS * 10)
      await world.runs.sweep()
      says(client, session)
      await client.settled()
      expect(await runsOf(world.store, session)).toMatchObject([{ state: 'running' }])
      heal()
      await world.runs.sweep()
      expect(await runsOf(world.store, session)).toMatchObject([
        { state: 'success', endedBy: 'client', reason: 'completed', token: TOKEN },
      ])
      expect(world.runs.live.inSession(session)).toEqual([])
    },
  )

  test('[RU2] where it never will be, the lease ends the run', async () => {
    const { world, session, heal } = await unstored('storage_error')
    await using _ = world
    heal()
    await world.runs.sweep()
    expect(await runsOf(world.store, session)).toMatchObject([{ state: 'running' }])
    world.clock.move(LEASE_MS)
    await world.runs.sweep()
    expect(await runsOf(world.store, session)).toMatchObject([{ state: 'interrupted', endedBy: 'lease' }])
  })

  test('[RU2] [RU3] is no lapse meanwhile: the run is not ended by its lease', async () => {
    let isFull = true
    await using world = await openSocketWorld({
      store: (store) =>
        changed(store, {
          endRuns: (request) =>
            isFull && request.endedBy === 'client' ? failing('storage_full')() : store.endRuns(request),
        }),
    })
    const session = await world.born(KNOWN)
    await ended(world, session)
    await until('it was logged', () => world.lines.some((line) => line.includes('storage_full')))
    world.clock.move(LEASE_MS * 10)
    await world.runs.sweep()
    expect(await statesOf(world, session)).toEqual(['running'])
    isFull = false
    await world.runs.sweep()
    expect(await statesOf(world, session)).toEqual(['success'])
  })

  test('[RU2] is stored before the next client of the session is taken in, which is another run', async () => {
    const { world, session, heal } = await unstored('storage_full')
    await using _ = world
    const before = liveRun(world, session)
    const next = await world.connect({ sessionId: session.session })
    says(next, session)
    await next.settled()
    expect(await statesOf(world, session)).toEqual(['running'])
    heal()
    says(next, session)
    await until('it has another run', () => ![null, before].includes(liveRun(world, session)))
    expect(await statesOf(world, session)).toEqual(['running', 'success'])
  })

  test('[RU2] [RU3] is stored before a claim is judged by it', async () => {
    const { world, session, heal } = await unstored('storage_full')
    await using _ = world
    heal()
    const asked = { machineId: 'm1', runtimeId: null, intent: 'auto', actor: { door: 'http' } } as const
    const { tag } = (await world.store.readSession(session)) ?? {}
    const claim = { ...asked, namespace: 'default', key: tag ?? '', flavor: 'claude' }
    expect(await world.runs.claim(claim)).toMatchObject({ kind: 'claimed' })
    expect(await statesOf(world, session)).toEqual(['running', 'success'])
  })

  test('[RU2] [SE2] keeps nobody in another namespace from his run', async () => {
    const { world, session } = await unstored('storage_full')
    await using _ = world
    const theirs = await world.born(KNOWN, { namespace: 'other', id: session.session })
    const actor = { door: 'socket' } as const
    expect(await world.runs.openImplicit({ ...theirs, actor, continues: null })).toMatchObject({
      kind: 'run',
    })
  })
})
