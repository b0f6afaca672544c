import { AGENTS } from '@holdfast/shared/agents/registry'
import { describe, expect, test } from 'vitest'
import { everyItem } from '../contract/api-lists.ts'
import { DoorWorld, RESUME_TOKEN, ROOT_TOKEN } from '../contract/door-world.ts'

const SECOND = 'c4d1f7e8-another-resume-token'
const SOURCE = 'source-of-a-codex-conversation'

async function patch(world: DoorWorld, id: string, fields: object, reason?: string): Promise<void> {
  const body = { patch: fields, ...(reason === undefined ? {} : { reason }) }
  const { status } = await world.ask({ method: 'PATCH', path: `/api/sessions/${id}/metadata`, body })
  expect(status).toBe(200)
}

/** A session that had two tokens of one agent and one with a pair of another, named in places where none belongs. */
async function seasoned(world: DoorWorld): Promise<string> {
  const id = await world.session({ codexSessionId: 'codex-conversation-1', codexSourceSessionId: SOURCE })
  await patch(world, id, { note: `was ${RESUME_TOKEN}` }, `left ${RESUME_TOKEN}`)
  await patch(world, id, { claudeSessionId: SECOND, list: [SECOND] })
  return id
}

const SECRETS = [RESUME_TOKEN, SECOND, 'codex-conversation-1', SOURCE]

describe('a session with what it was before', () => {
  test('[WI5] [ME14] shows every resume token that it ever had, newest first', async () => {
    await using world = await DoorWorld.open()
    const id = await seasoned(world)
    const { body } = await world.ask({ path: `/api/sessions/${id}` })
    expect(body['tokens']).toMatchObject([
      { flavor: 'claude', value: SECOND, left: 'no' },
      { flavor: 'codex', value: 'codex-conversation-1', paired: SOURCE, left: 'no' },
      { flavor: 'claude', value: RESUME_TOKEN, left: 'superseded', leftAt: world.time },
    ])
    expect((await world.ask({ path: `/api/sessions/${id}/tokens` })).body).toEqual({
      tokens: body['tokens'],
      nextCursor: null,
    })
  })

  test('[WI5] [ME14] tokens beyond the first page are there', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    for (let count = 0; count < 110; count += 1) await patch(world, id, { claudeSessionId: `token ${count}` })
    const { body } = await world.ask({ path: `/api/sessions/${id}` })
    expect((body['tokens'] as unknown[]).length).toBe(100)
    const all = await everyItem(world, `/api/sessions/${id}/tokens`, { member: 'tokens', limit: 7 })
    const values = (all as { value: string }[]).map(({ value }) => value)
    const made = Array.from({ length: 110 }, (_, count) => `token ${count}`)
    expect(values).toEqual([...made.toReversed(), RESUME_TOKEN])
  })

  test.each(['', '/tokens', '/history', '/history?field=note', '/history?field=claudeSessionId'])(
    '[SE4] shows a viewer no whole token, old or new, in "%s"',
    async (path) => {
      await using world = await DoorWorld.open()
      const id = await seasoned(world)
      const at = `/api/sessions/${id}${path}`
      const viewed = await world.ask({ path: at, token: (await world.device('viewer')).token })
      const whole = await world.ask({ path: at, token: (await world.device('agent')).token })
      for (const secret of SECRETS) expect(viewed.text).not.toContain(secret)
      expect(SECRETS.some((secret) => whole.text.includes(secret))).toBe(true)
      expect(viewed.text).toContain('b7e5a0a2…')
    },
  )

  test('[SE4] hides the tokens of every agent in the history', async () => {
    await using world = await DoorWorld.open()
    const tokens = AGENTS.flatMap(({ flavor, tokenField }) =>
      tokenField === null ? [] : [[tokenField, `${flavor}-0123456789`] as const],
    )
    const id = await world.session({ ...Object.fromEntries(tokens), newcomerSessionId: 'newcomer-0123456' })
    const { token } = await world.device('viewer')
    const { text } = await world.ask({ path: `/api/sessions/${id}/history`, token })
    for (const [, value] of tokens) expect(text).not.toContain(value)
    expect(text).not.toContain('newcomer-0123456')
  })
})

describe('the history of a session', () => {
  test('[JO2] says who changed what, when and why, newest first', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    const { id: device, token } = await world.device('agent')
    const body = { patch: { name: 'n' }, reason: 'to name it' }
    await world.ask({ method: 'PATCH', path: `/api/sessions/${id}/metadata`, body, token })
    const answer = await world.ask({ path: `/api/sessions/${id}/history` })
    const [newest, first] = answer.body['entries'] as object[]
    expect(newest).toEqual({
      seq: 2,
      session: id,
      version: 2,
      at: world.time,
      op: 'patch',
      actor: { door: 'http', device },
      reason: 'to name it',
      changes: { name: { beforeVersion: 0, after: 'n' } },
    })
    expect(first).toMatchObject({ version: 1, op: 'create', actor: { door: 'hapi' } })
  })

  test('[JO2] of one field has the changes of that field alone', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session({ name: 'a' })
    await patch(world, id, { other: 1 })
    await patch(world, id, { name: 'b', other: 2 })
    const { body } = await world.ask({ path: `/api/sessions/${id}/history?field=name` })
    expect(body['entries']).toMatchObject([
      { version: 3, changes: { name: { before: 'a', beforeVersion: 1, after: 'b' } } },
      { version: 1, changes: { name: { after: 'a' } } },
    ])
    expect(JSON.stringify(body)).not.toContain('other')
    const none = await world.ask({ path: `/api/sessions/${id}/history?field=never` })
    expect(none.body).toEqual({ entries: [], nextCursor: null })
  })

  test.each(['', '?field=count'])(
    '[JO2] paging "%s" misses and repeats nothing while writes go on',
    async (query) => {
      await using world = await DoorWorld.open()
      const id = await world.session({ count: 0 })
      for (let count = 1; count < 20; count += 1) await patch(world, id, { count })
      const rows = await everyItem(world, `/api/sessions/${id}/history${query}`, {
        member: 'entries',
        limit: 3,
        cursorName: 'before',
        between: (page) => patch(world, id, { count: 100 + page }),
      })
      const versions = (rows as { version: number }[]).map(({ version }) => version)
      expect(versions).toEqual(Array.from({ length: 20 }, (_, at) => 20 - at))
    },
  )

  test.each(['?before=abc', '?before=-1', '?before=', '?limit=0', '?limit=1e9', '?limit=10abc', '?field='])(
    '[SE5] H91 "%s" is refused',
    async (query) => {
      await using world = await DoorWorld.open()
      const answer = await world.ask({ path: `/api/sessions/${await world.session()}/history${query}` })
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
    },
  )

  test('[SE2] of another tenant is one that is not there', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    const token = `${ROOT_TOKEN}:b`
    for (const path of ['', '/tokens', '/history', '/history?field=path']) {
      const there = await world.ask({ path: `/api/sessions/${id}${path}`, token })
      const nowhere = await world.ask({ path: `/api/sessions/nobody${path}`, token })
      const impossible = await world.ask({ path: `/api/sessions/no.body${path}`, token })
      expect([there.status, there.text, impossible.text]).toEqual([404, nowhere.text, nowhere.text])
    }
  })
})
