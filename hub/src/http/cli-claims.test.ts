import { describe, expect, test } from 'vitest'
import { runIdOf } from '../store/contract/test-runs.ts'
import { DoorWorld, ROOT_TOKEN } from './contract/door-world.ts'
import { claim, CLAIM, post, proven, RUN } from './contract/run-requests.ts'

const TOKEN = 'the-token-of-claude'
const SEEN = { evidence: { transcript: 'present', directory: 'present' } }

describe('a claim', () => {
  test('[RU4] makes the session by its key, opens a run, and says what to run and for how long it holds', async () => {
    await using world = await DoorWorld.open()
    const answer = await claim(world, { metadata: { host: 'box', name: 'Nightly' } })
    expect(answer).toMatchObject({
      runId: RUN,
      leaseMs: 30_000,
      workDir: '/work',
      resume: { decision: 'fresh', reason: 'no_token' },
    })
    expect(answer.checks.map(({ id }) => id)).toEqual([
      'flavor',
      'lease',
      'token',
      'transcript',
      'directory',
      'machine',
      'runtime',
      'last-run',
    ])
    const session = await world.store.readSession({ namespace: 'default', session: answer.sessionId })
    expect(session).toMatchObject({
      tag: CLAIM.key,
      metadata: { host: 'box', name: 'Nightly', flavor: 'claude', machineId: 'm1', path: '/work' },
    })
    expect([...world.desk.live.sessions('default')]).toEqual([answer.sessionId])
  })

  test('[RU4] the next one gets the token of the last success, in the directory of the session', async () => {
    await using world = await DoorWorld.open()
    const sessionId = await proven(world, TOKEN)
    const answer = await claim(world, { directory: '/elsewhere', ...SEEN })
    expect(answer).toMatchObject({
      sessionId,
      workDir: '/work',
      resume: { decision: 'resume', token: TOKEN },
    })
  })

  test('[RU4] [RU7] while somebody else has it: 409 with since when, and nothing is opened', async () => {
    await using world = await DoorWorld.open()
    const { sessionId } = await claim(world)
    const since = world.time
    world.time += 5000
    const answer = await post(world, '/cli/claims', { ...CLAIM, runId: runIdOf(2) })
    expect(answer).toMatchObject({
      status: 409,
      body: { code: 'run_in_progress', since, runId: RUN, session: sessionId, contended: false },
    })
    expect(answer.headers.get('retry-after')).toBe('1')
    expect(world.desk.live.counts.claimed).toBe(1)
  })

  test('[RU4] the same run id gets the same answer, and another run nothing of it', async () => {
    await using world = await DoorWorld.open()
    const first = await claim(world)
    expect(await claim(world)).toEqual(first)
    expect(await post(world, '/cli/claims', { ...CLAIM, key: 'other' })).toMatchObject({
      status: 409,
      body: { code: 'id_taken' },
    })
  })

  test('[RU4] the hub chooses a run id where none is given', async () => {
    await using world = await DoorWorld.open()
    const { runId } = await claim(world, { runId: undefined })
    expect(runId).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('[RU4] 100 at once have one winner, whose run is the one that the others are told of', async () => {
    await using world = await DoorWorld.open()
    const ids = Array.from({ length: 100 }, (_, at) => runIdOf(at + 1))
    const answers = await Promise.all(ids.map((runId) => post(world, '/cli/claims', { ...CLAIM, runId })))
    const winners = answers.filter(({ status }) => status === 200)
    expect(winners.length).toBe(1)
    const runId = winners[0]?.body['runId']
    const losers = answers.filter(({ status }) => status !== 200)
    expect(losers.map(({ status, body }) => [status, body['code'], body['runId']])).toEqual(
      losers.map(() => [409, 'run_in_progress', runId]),
    )
  })

  test('[RU4] [RV2] a person gets no run before every caution is accepted, and then the token', async () => {
    await using world = await DoorWorld.open()
    const { runId } = await claim(world)
    await post(world, `/cli/runs/${runId}/token`, { token: TOKEN, state: 'provisional' })
    await post(world, `/cli/runs/${runId}/complete`, { outcome: 'failed' })
    const asked = { ...CLAIM, runId: runIdOf(2), intent: 'operator' }
    const first = await post(world, '/cli/claims', asked)
    expect(first).toMatchObject({ status: 409, body: { code: 'confirmation_required' } })
    expect(world.desk.live.counts.claimed).toBe(0)
    const open = (first.body['checks'] as { id: string }[]).map(({ id }) => id)
    expect(open).toEqual(expect.arrayContaining(['token', 'last-run']))
    const some = await post(world, '/cli/claims', { ...asked, acceptRisk: open.slice(1) })
    expect((some.body['checks'] as { id: string }[]).map(({ id }) => id)).toEqual(open.slice(0, 1))
    const all = await post(world, '/cli/claims', { ...asked, acceptRisk: open })
    expect(all).toMatchObject({ status: 200, body: { resume: { decision: 'resume', token: TOKEN } } })
  })

  test('[RV7] an agent that is not known is 422, and no session is made', async () => {
    await using world = await DoorWorld.open()
    const answer = await post(world, '/cli/claims', { ...CLAIM, flavor: 'nobodys' })
    expect(answer).toMatchObject({ status: 422, body: { code: 'unknown_flavor' } })
    expect((await world.store.listSessions({ namespace: 'default', limit: 10 })).items).toEqual([])
  })

  test('[SE1] [SE2] a viewer claims nothing, and another tenant has sessions of his own', async () => {
    await using world = await DoorWorld.open()
    const viewer = await world.device('viewer')
    expect(await post(world, '/cli/claims', CLAIM, viewer.token)).toMatchObject({
      status: 403,
      body: { code: 'access_denied' },
    })
    const { sessionId } = await claim(world)
    const there = await post(world, '/cli/claims', CLAIM, `${ROOT_TOKEN}:other`)
    expect(there.status).toBe(200)
    expect(there.body['sessionId']).not.toBe(sessionId)
  })

  test('[CO11] is answered like everything under /cli, and never with 429', async () => {
    await using world = await DoorWorld.open()
    const answers = await Promise.all(
      Array.from({ length: 600 }, (_, at) =>
        post(world, '/cli/claims', { ...CLAIM, key: `k${at}`, runId: runIdOf(at) }),
      ),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(answers[0]?.headers.get('x-hapi-protocol-version')).toBe('1')
  })

  test('[RV4] [RV10] one that is given no token although there is one leaves one line, without the token', async () => {
    await using world = await DoorWorld.open()
    await proven(world, TOKEN)
    await claim(world, { runtimeId: 'r2', ...SEEN })
    const warnings = world.lines.filter(({ what }) => what.includes('no token'))
    expect(warnings).toEqual([
      {
        what: 'a claim was given no token although there is one',
        facts: { key: CLAIM.key, token: 'the-toke…', reason: 'runtime_changed' },
      },
    ])
    expect(JSON.stringify(world.lines)).not.toContain(TOKEN)
  })
})
