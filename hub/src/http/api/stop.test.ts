import { rpcMethod } from '@holdfast/shared/protocol/rpc/method'
import { describe, expect, test } from 'vitest'
import { DoorWorld, RESUME_TOKEN, ROOT_TOKEN, type Answered } from '../contract/door-world.ts'
import { WorldRuns } from '../contract/world-runs.ts'
import { stopSession } from '../stop-session.ts'

const MACHINE = 'm1'
const CLIENT = 'c1'
const STOPPED = '{"status":"stopped"}'

type Said = (world: DoorWorld, id: string) => Promise<unknown>

interface Wires {
  /** What the session's client, and what the runner of its machine, does when it is asked; null: it is not connected. */
  readonly client: Said | null
  readonly runner: Said | null
}

interface Stopping extends AsyncDisposable {
  readonly world: DoorWorld
  readonly id: string
  /** What was asked, in order; and whether the mark stood by then. */
  readonly asked: (readonly [method: string, marked: boolean])[]
  stop(body?: object): Promise<Answered>
}

/** A live session; who answers for it are only wires here. */
async function stopping({ client, runner }: Wires): Promise<Stopping> {
  const world = await DoorWorld.open()
  const id = await world.session({ machineId: MACHINE })
  const key = { namespace: 'default', session: id }
  const asked: Stopping['asked'] = []
  world.alive(id, CLIENT)
  const wire = (name: string, holder: string, said: Said | null): void => {
    if (said === null) return
    world.registry.register('default', name, {
      id: holder,
      ask: ({ method, params }) => {
        asked.push([`${method.replace(id, 'ID')} ${params.replace(id, 'ID')}`, world.kills.wasAsked(key)])
        return said(world, id)
      },
    })
  }
  wire(rpcMethod(id, 'killSession'), CLIENT, client)
  wire(rpcMethod(MACHINE, 'stop-session'), 'r1', runner)
  return {
    world,
    id,
    asked,
    stop: (body = {}) => world.ask({ method: 'POST', path: `/api/sessions/${id}/stop`, body }),
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  }
}

const says =
  (text: string): Said =>
  async () =>
    text
const ends: Said = async (world, session) => {
  world.presence.sessionEnded({ namespace: 'default', session }, CLIENT)
  return '{"success":true,"message":"Killing"}'
}
const hangsUp: Said = async () => {
  throw new Error('The connection ended.')
}

const KILLED = ['ID:killSession {}', true]
const STOPPED_THERE = ['m1:stop-session {"sessionId":"ID"}', true]

describe('stopping a session', () => {
  test('[WI5] asks its client, and nobody else where that has ended it', async () => {
    await using session = await stopping({ client: ends, runner: says(STOPPED) })
    const answer = await session.stop({ reason: 'it talks in circles' })
    expect(answer).toMatchObject({ status: 200, body: { outcome: 'stopped', by: 'client' } })
    expect(session.asked).toEqual([KILLED])
    const key = { namespace: 'default', session: session.id }
    expect(session.world.kills.whyAsked(key)).toBe('it talks in circles')
  })

  test.each<[string, Said | null]>([
    ['is not connected', null],
    ['declines', says('{"success":false,"message":"busy"}')],
    ['fails', says('{"error":"busy"}')],
    ['says something else', says('7')],
    ['hangs up', hangsUp],
  ])('[WI5] asks the runner of its machine where its client %s', async (_, client) => {
    await using session = await stopping({ client, runner: says(STOPPED) })
    expect(await session.stop()).toMatchObject({ status: 200, body: { outcome: 'stopped', by: 'runner' } })
    expect(session.asked).toEqual(client === null ? [STOPPED_THERE] : [KILLED, STOPPED_THERE])
  })

  test.each([
    ['stopped', 'stopped'],
    ['already_gone', 'already_gone'],
    ['still_alive', 'unknown'],
  ])('[CO6] [WI5] the word "%s" of a runner is told as "%s"', async (status, outcome) => {
    await using session = await stopping({ client: null, runner: says(JSON.stringify({ status })) })
    expect((await session.stop()).body).toMatchObject({ outcome, by: 'runner' })
  })

  test('[WI5] what a client says why it did not is told without control characters', async () => {
    const client = says(JSON.stringify({ success: false, message: 'busy\u001b[2J' }))
    await using session = await stopping({ client, runner: null })
    const { body } = await session.stop()
    expect(body).toMatchObject({ outcome: 'unknown', by: 'client' })
    expect(body['message']).toMatch(/It says: busy\uFFFD\[2J$/)
  })

  test('[WI5] a client that says yes and goes on has not been stopped', async () => {
    await using session = await stopping({ client: says('{"success":true,"message":"ok"}'), runner: null })
    const { world, id } = session
    // The real wait is 10 seconds; this one is over at once.
    const presence = {
      sessionInactive: () => world.presence.sessionInactive({ namespace: 'default', session: id }, 1),
    }
    const parts = { presence, calls: world.registry, kills: world.kills }
    const target = { key: { namespace: 'default', session: id }, machineId: MACHINE, run: null, why: null }
    expect(await stopSession(parts, target)).toMatchObject({ outcome: 'unknown', by: 'client' })
  })

  test('[WI7] is refused where nobody is connected, and no kill is on record then', async () => {
    await using session = await stopping({ client: null, runner: null })
    const answer = await session.stop()
    expect(answer).toMatchObject({ status: 503, body: { code: 'no_machine_online' } })
    expect(answer.headers.get('retry-after')).toBe('1')
    expect(session.world.kills.wasAsked({ namespace: 'default', session: session.id })).toBe(false)
  })

  test('[WI7] a released client that has gone holds nothing that could be looked for', async () => {
    await using session = await stopping({ client: null, runner: null })
    await new WorldRuns(session.world).implicit(session.id)
    expect(await session.stop()).toMatchObject({ status: 503, body: { code: 'no_machine_online' } })
  })

  test.each<[string, Wires]>([
    ['client', { client: hangsUp, runner: null }],
    ['runner', { client: null, runner: hangsUp }],
    ['runner, in words', { client: null, runner: says('{"status":"who knows"}') }],
    ['both', { client: hangsUp, runner: says('{"error":"busy"}') }],
  ])('[WI7] is not known where no answer came from the %s', async (_, wires) => {
    await using session = await stopping(wires)
    expect(await session.stop()).toMatchObject({ status: 503, body: { code: 'no_answer' } })
    expect(session.world.kills.wasAsked({ namespace: 'default', session: session.id })).toBe(true)
  })

  test('[CO6] fails at once where the client has too many calls waiting', async () => {
    await using session = await stopping({ client: () => new Promise(() => undefined), runner: null })
    const { world, id } = session
    const target = { namespace: 'default', id }
    for (let at = 0; at < 64; at += 1)
      void world.registry.call('killSession', target, { params: {}, timeoutMs: 60_000 })
    expect(await session.stop()).toMatchObject({ status: 503, body: { code: 'overloaded' } })
  })

  test('[WI5] takes nothing from the session', async () => {
    await using session = await stopping({ client: ends, runner: null })
    const { world, id } = session
    const before = await world.store.readSession({ namespace: 'default', session: id })
    await session.stop()
    expect(await world.store.readSession({ namespace: 'default', session: id })).toEqual(before)
  })

  test('[SE2] another tenant reaches neither its client nor its runner', async () => {
    await using session = await stopping({ client: ends, runner: says(STOPPED) })
    const { world, id } = session
    const token = `${ROOT_TOKEN}:b`
    const ask = { method: 'POST', path: `/api/sessions/${id}/stop`, body: {}, token }
    expect((await world.ask(ask)).status).toBe(404)
    const own = await world.session({ machineId: MACHINE }, {}, token)
    const answer = await world.ask({ ...ask, path: `/api/sessions/${own}/stop` })
    expect(answer).toMatchObject({ body: { code: 'no_machine_online' } })
    expect(session.asked).toEqual([])
  })

  test('[SE4] says in the log that it was asked for, and no token', async () => {
    await using session = await stopping({ client: ends, runner: null })
    await session.stop({ reason: `wrong: ${RESUME_TOKEN}` })
    const { lines } = session.world
    const line = lines.find(({ what }) => what.includes('asked to stop'))
    expect(line?.facts).toMatchObject({ session: session.id, came: 'stopped' })
    expect(JSON.stringify(lines)).not.toContain(RESUME_TOKEN)
  })
})
