import { rpcMethod } from '@holdfast/shared/protocol/rpc/method'
import { describe, expect, test } from 'vitest'
import { DoorWorld, type Answered } from './contract/door-world.ts'
import { handOff } from './hand-off.ts'

const CLIENT = 'c1'

interface Handing extends AsyncDisposable {
  readonly world: DoorWorld
  readonly id: string
  /** What the client was asked. */
  readonly asked: string[]
  handOff(): Promise<Answered>
}

/** A live session; its client, which is only a wire here, does this when it is called. */
async function handing(
  metadata: object,
  answer: (world: DoorWorld, id: string) => Promise<unknown>,
): Promise<Handing> {
  const world = await DoorWorld.open()
  const id = await world.session({}, metadata)
  const asked: string[] = []
  world.alive(id, CLIENT)
  world.registry.register('default', rpcMethod(id, 'handoff-local'), {
    id: CLIENT,
    ask: ({ method }) => {
      asked.push(method)
      return answer(world, id)
    },
  })
  return {
    world,
    id,
    asked,
    handOff: () => world.ask({ method: 'POST', path: `/cli/sessions/${id}/handoff-local` }),
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  }
}

const ends = async (world: DoorWorld, session: string): Promise<string> => {
  world.presence.sessionEnded({ namespace: 'default', session }, CLIENT)
  return '{}'
}

describe('handing a session over to a terminal', () => {
  test('[CO13] is done at once where nobody has it', async () => {
    await using world = await DoorWorld.open()
    const path = `/cli/sessions/${await world.session({}, { agentState: { controlledByUser: true } })}/handoff-local`
    expect(await world.ask({ method: 'POST', path })).toMatchObject({ status: 200, body: { ok: true } })
  })

  test('[CO13] is done once the client has ended the session', async () => {
    await using handed = await handing({}, ends)
    expect(await handed.handOff()).toMatchObject({ status: 200, body: { ok: true } })
    expect(handed.asked).toEqual([`${handed.id}:handoff-local`])
  })

  test('[CO13] is done where the client goes away without a word', async () => {
    await using handed = await handing({}, async (world) => {
      world.presence.disconnected(CLIENT)
      throw new Error('The connection ended.')
    })
    expect(await handed.handOff()).toMatchObject({ status: 200, body: { ok: true } })
  })

  test('[CO13] is declined where the session is in a terminal already', async () => {
    await using handed = await handing({ agentState: { controlledByUser: true } }, ends)
    expect(await handed.handOff()).toMatchObject({ status: 409, body: { code: 'already_local' } })
    expect(handed.asked).toEqual([])
  })

  test('[CO13] fails where the client is connected and answers no such call', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    world.alive(id)
    const answer = await world.ask({ method: 'POST', path: `/cli/sessions/${id}/handoff-local` })
    expect(answer).toMatchObject({ status: 503, body: { code: 'no_answer' } })
    expect(answer.headers.get('retry-after')).toBe('1')
  })

  test('[CO13] fails where the client declines', async () => {
    await using handed = await handing({}, async () => '{"error":"busy"}')
    expect(await handed.handOff()).toMatchObject({ status: 503, body: { code: 'no_answer' } })
  })

  test('[CO6] fails at once where the client has too many calls waiting', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    world.alive(id, CLIENT)
    const method = rpcMethod(id, 'handoff-local')
    world.registry.register('default', method, { id: CLIENT, ask: () => new Promise(() => undefined) })
    const target = { namespace: 'default', id }
    for (let at = 0; at < 64; at += 1)
      void world.registry.call('handoff-local', target, { params: {}, timeoutMs: 60_000 })
    const answer = await world.ask({ method: 'POST', path: `/cli/sessions/${id}/handoff-local` })
    expect(answer).toMatchObject({ status: 503, body: { code: 'overloaded' } })
  })

  test('[CO13] fails where the client says yes and the session goes on', async () => {
    await using handed = await handing({}, async () => '{"ok":true}')
    const { world, id } = handed
    const key = { namespace: 'default', session: id }
    const record = await world.store.readSession(key)
    if (record === null) throw new Error('The session is gone.')
    // The real wait is 15 seconds; this one is over at once.
    const presence = {
      session: () => world.presence.session(key),
      sessionInactive: () => world.presence.sessionInactive(key, 1),
    }
    const answer = await handOff({ presence, calls: world.registry }, { kind: 'found', key, record })
    expect(answer).toMatchObject({ kind: 'refused', code: 'no_answer' })
  })
})
