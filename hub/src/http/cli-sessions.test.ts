import { releasedMachine } from '@holdfast/shared/protocol/released/machine'
import { releasedSession } from '@holdfast/shared/protocol/released/session'
import { CLI_ROUTES, type CliRoute } from '@holdfast/shared/protocol/routes'
import { describe, expect, test } from 'vitest'
import { DoorWorld, RESUME_TOKEN, ROOT_TOKEN, UUID, type Answered } from './contract/door-world.ts'

const METADATA = { path: '/work', host: 'box', flavor: 'claude', machineId: 'm1' }
const MACHINE = { id: 'm1', metadata: { host: 'box', platform: 'linux', happyCliVersion: '0.30.7' } }

/** The answer, which must be what the route promises and what a released client accepts. */
function accepted(route: CliRoute, answer: Answered): Record<string, unknown> {
  expect(answer).toMatchObject({ status: 200 })
  expect(answer.headers.get('x-hapi-protocol-version')).toBe('1')
  CLI_ROUTES[route].answer.parse(answer.body)
  if ('session' in answer.body) releasedSession.parse(answer.body['session'])
  if ('machine' in answer.body) releasedMachine.parse(answer.body['machine'])
  return (answer.body['session'] ?? answer.body['machine'] ?? answer.body) as Record<string, unknown>
}

async function create(world: DoorWorld, body: object, token = ROOT_TOKEN): Promise<Record<string, unknown>> {
  const answer = await world.ask({ method: 'POST', path: '/cli/sessions', body, token })
  return accepted('POST /cli/sessions', answer)
}

async function register(
  world: DoorWorld,
  body: object,
  token = ROOT_TOKEN,
): Promise<Record<string, unknown>> {
  const answer = await world.ask({ method: 'POST', path: '/cli/machines', body, token })
  return accepted('POST /cli/machines', answer)
}

async function read(world: DoorWorld, id: string): Promise<Record<string, unknown>> {
  return accepted('GET /cli/sessions/:id', await world.ask({ path: `/cli/sessions/${id}` }))
}

describe('creating and loading', () => {
  test('[CO1] a session is created with everything that was sent', async () => {
    await using world = await DoorWorld.open()
    const session = await create(world, {
      tag: 't',
      id: UUID,
      metadata: METADATA,
      agentState: { controlledByUser: true },
      model: 'opus',
      effort: 'high',
      modelReasoningEffort: null,
    })
    expect(session).toMatchObject({
      id: UUID,
      namespace: 'default',
      active: false,
      activeAt: world.time,
      metadata: METADATA,
      metadataVersion: 1,
      agentState: { controlledByUser: true },
      agentStateVersion: 1,
      model: 'opus',
      effort: 'high',
      modelReasoningEffort: null,
    })
    expect(await read(world, UUID)).toEqual(session)
  })

  test('[CO13] a tag that is known loads its session, whatever the rest of the body says', async () => {
    await using world = await DoorWorld.open()
    const first = await create(world, { tag: 't', metadata: METADATA, model: 'opus' })
    const again = await create(world, { tag: 't', metadata: { ...METADATA, path: '/other' }, model: 'x' })
    expect(again).toEqual(first)
  })

  test('[CO13] a hundred clients that create the same tag at once get the same session', async () => {
    await using world = await DoorWorld.open()
    const made = await Promise.all(
      Array.from({ length: 100 }, () => create(world, { tag: 't', metadata: METADATA })),
    )
    expect(new Set(made.map((session) => session['id'])).size).toBe(1)
    expect(made.map((session) => session['metadataVersion'])).toEqual(made.map(() => 1))
  })

  test('[CO13] an id that belongs to another tag is taken', async () => {
    await using world = await DoorWorld.open()
    await create(world, { tag: 't', metadata: METADATA, id: UUID })
    const body = { tag: 'other', metadata: METADATA, id: UUID }
    const answer = await world.ask({ method: 'POST', path: '/cli/sessions', body })
    expect(answer).toMatchObject({ status: 409, body: { code: 'id_taken', field: 'id' } })
  })

  test('[CO8] the same tag and the same id are another session in another namespace', async () => {
    await using world = await DoorWorld.open()
    const body = { tag: 't', metadata: METADATA, id: UUID }
    await create(world, body)
    const other = await create(world, { ...body, metadata: { ...METADATA, name: 'n' } }, `${ROOT_TOKEN}:b`)
    expect(other).toMatchObject({ id: UUID, namespace: 'b', metadata: { name: 'n' } })
    expect((await read(world, UUID))['metadata']).toEqual(METADATA)
  })

  test('[CO9] text that can not be stored is mended and taken', async () => {
    await using world = await DoorWorld.open()
    const name = 'a title \ud83d'
    const session = await create(world, {
      tag: 't',
      metadata: { ...METADATA, name },
      agentState: { a: '\u0000' },
    })
    expect(session).toMatchObject({ metadata: { name: 'a title \uFFFD' }, agentState: { a: '\uFFFD' } })
  })

  test('[CO9] a field that can not be taken does not cost the others', async () => {
    await using world = await DoorWorld.open()
    const session = await create(world, {
      tag: 't',
      metadata: { ...METADATA, claudeSessionId: 7, name: 'n' },
    })
    expect(session['metadata']).toEqual({ ...METADATA, name: 'n' })
  })

  test('[CO10] fields that released clients would choke on are left out, and kept', async () => {
    await using world = await DoorWorld.open()
    const session = await create(world, { tag: 't', metadata: { ...METADATA, tools: 'none', hostPid: '7' } })
    expect(session['metadata']).toEqual(METADATA)
    const stored = await world.store.readSession({ namespace: 'default', session: String(session['id']) })
    expect(stored?.metadata).toEqual({ ...METADATA, tools: 'none', hostPid: '7' })
  })

  test('[CO10] without a path or a host the metadata is null, and the session is there', async () => {
    await using world = await DoorWorld.open()
    expect(await create(world, { tag: 't', metadata: { name: 'n' } })).toMatchObject({ metadata: null })
  })

  test('[CO1] agent state of many megabytes is taken', async () => {
    await using world = await DoorWorld.open()
    const requests = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [`call ${at}`, { tool: 'Bash', arguments: 'x'.repeat(500_000) }]),
    )
    const session = await create(world, { tag: 't', metadata: METADATA, agentState: { requests } })
    expect(session['agentState']).toEqual({ requests })
  })

  test('[CO12] a session is active while a client says so', async () => {
    await using world = await DoorWorld.open()
    const { id } = await create(world, { tag: 't', metadata: METADATA })
    world.time += 5000
    world.alive(String(id))
    expect(await read(world, String(id))).toMatchObject({ active: true, activeAt: world.time })
    world.presence.disconnected('c1')
    expect(await read(world, String(id))).toMatchObject({ active: false, activeAt: world.time })
  })

  test('[CO12] what a session is set to is shown, and what was never said is absent', async () => {
    await using world = await DoorWorld.open()
    const id = String((await create(world, { tag: 't', metadata: METADATA }))['id'])
    for (const name of ['permissionMode', 'collaborationMode', 'todos', 'teamState'])
      expect(await read(world, id)).not.toHaveProperty(name)
    const settings = { permissionMode: 'plan', model: 'opus', serviceTier: null } as const
    await world.store.updateSettings({ namespace: 'default', session: id, settings })
    expect(await read(world, id)).toMatchObject(settings)
  })

  test('[CO1] there are no messages', async () => {
    await using world = await DoorWorld.open()
    const answer = await world.ask({ path: `/cli/sessions/${await world.session()}/messages` })
    expect(accepted('GET /cli/sessions/:id/messages', answer)).toEqual({ messages: [] })
  })

  test('[JO1] the history says through which door a session came', async () => {
    await using world = await DoorWorld.open()
    const { token, id: device } = await world.device('agent')
    const session = await world.session({}, {}, token)
    const history = await world.store.sessionHistory({ namespace: 'default', session, limit: 1 })
    expect(history?.items[0]?.actor).toEqual({ door: 'hapi', device })
  })
})

describe('machines', () => {
  test('[CO1] a machine is registered and read', async () => {
    await using world = await DoorWorld.open()
    const runnerState = { status: 'running', pid: 7 }
    const machine = await register(world, { ...MACHINE, runnerState })
    expect(machine).toMatchObject({ ...MACHINE, runnerState, active: false, activeAt: world.time })
    const again = await world.ask({ path: '/cli/machines/m1' })
    expect(accepted('GET /cli/machines/:id', again)).toEqual(machine)
  })

  test('[CO13] a machine that is known learns what is new and forgets nothing', async () => {
    await using world = await DoorWorld.open()
    await register(world, { ...MACHINE, runnerState: { status: 'running' } })
    const machine = await register(world, { id: 'm1', metadata: { displayName: 'd' }, runnerState: null })
    expect(machine).toMatchObject({
      metadata: { ...MACHINE.metadata, displayName: 'd' },
      metadataVersion: 2,
      runnerState: { status: 'running' },
      runnerStateVersion: 1,
    })
  })

  test('[CO13] the machine of another namespace is a new one here', async () => {
    await using world = await DoorWorld.open()
    await register(world, { ...MACHINE, runnerState: { status: 'running' } })
    const other = await register(world, MACHINE, `${ROOT_TOKEN}:b`)
    expect(other).toMatchObject({ namespace: 'b', runnerState: null, metadataVersion: 1 })
  })

  test('[CO12] a machine is active while its runner says so', async () => {
    await using world = await DoorWorld.open()
    await register(world, MACHINE)
    world.presence.machineAlive({ namespace: 'default', machine: 'm1' }, 'c1')
    const answer = await world.ask({ path: '/cli/machines/m1' })
    expect(accepted('GET /cli/machines/:id', answer)).toMatchObject({ active: true })
  })

  test('[CO1] a session brings its machine along where the hub does not know it', async () => {
    await using world = await DoorWorld.open()
    await create(world, { tag: 't', metadata: METADATA, machine: MACHINE })
    const answer = await world.ask({ path: '/cli/machines/m1' })
    expect(accepted('GET /cli/machines/:id', answer)).toMatchObject(MACHINE)
  })

  test('[CO1] a session does not tell a known machine anything', async () => {
    await using world = await DoorWorld.open()
    await register(world, MACHINE)
    const machine = { ...MACHINE, metadata: { ...MACHINE.metadata, displayName: 'other' } }
    await create(world, { tag: 't', metadata: METADATA, machine })
    const answer = await world.ask({ path: '/cli/machines/m1' })
    expect(accepted('GET /cli/machines/:id', answer)).toMatchObject({
      metadata: MACHINE.metadata,
      metadataVersion: 1,
    })
  })
})

describe('roles under /cli', () => {
  test.each<[string, string, object | undefined]>([
    ['POST', '/cli/sessions', { tag: 't', metadata: METADATA }],
    ['POST', '/cli/machines', MACHINE],
    ['POST', '/cli/sessions/ID/handoff-local', undefined],
    ['GET', '/cli/sessions/ID/resume-target', undefined],
    ['GET', '/cli/sessions/resumable?machineId=m1', undefined],
  ])('[SE1] H83 who may only read may not %s %s', async (method, path, body) => {
    await using world = await DoorWorld.open()
    const id = await world.session({ machineId: 'm1' })
    const { token } = await world.device('viewer')
    const asking = { method, path: path.replace('ID', id), body }
    const denied = await world.ask({ ...asking, token })
    expect(denied).toMatchObject({ status: 403, body: { code: 'access_denied' } })
    expect((await world.ask({ ...asking, token: (await world.device('agent')).token })).status).toBe(200)
  })

  test('[SE1] a viewer sees the beginning of a token that was replaced too, where a text repeats it', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session({ name: `after ${RESUME_TOKEN}` })
    const body = { patch: { claudeSessionId: 'another-resume-token' } }
    await world.ask({ method: 'PATCH', path: `/api/sessions/${id}/metadata`, body })
    const { token } = await world.device('viewer')
    const { text } = await world.ask({ path: `/cli/sessions/${id}`, token })
    expect(text).toContain('after ')
    expect(text).not.toContain(RESUME_TOKEN)
  })

  test('[SE1] who may only read sees the beginning of a resume token', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session({}, { agentState: { requests: {} } })
    const { token } = await world.device('viewer')
    const answer = await world.ask({ path: `/cli/sessions/${id}`, token })
    const session = accepted('GET /cli/sessions/:id', answer)
    expect(session).toMatchObject({
      metadata: { claudeSessionId: 'b7e5a0a2…', path: '/work' },
      agentState: null,
    })
    expect((await read(world, id))['metadata']).toMatchObject({ claudeSessionId: RESUME_TOKEN })
  })
})
