import { describe, expect, test } from 'vitest'
import { LOGIN_COOKIE } from '../../auth/login-cookies.ts'
import { DoorWorld, HOST, ROOT_TOKEN, type Answered, type Asking } from '../contract/door-world.ts'

const ORIGIN = `http://${HOST}`

function loggingIn(token: string, headers: Record<string, string> = { origin: ORIGIN }): Asking {
  return { method: 'POST', path: '/api/login', body: { token }, token: null, headers }
}

/** What a browser would send as its Cookie header after a login. */
async function cookieOf(world: DoorWorld, token = ROOT_TOKEN): Promise<string> {
  const answer = await world.ask(loggingIn(token))
  expect(answer.status).toBe(200)
  return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
}

function withCookie(world: DoorWorld, cookie: string, asking: Asking): Promise<Answered> {
  return world.ask({ ...asking, token: null, headers: { cookie, ...asking.headers } })
}

describe('logging in', () => {
  test('[WI5] says who came in, and sets a cookie that no script and no other site can use', async () => {
    await using world = await DoorWorld.open()
    const { body, headers, text } = await world.ask(loggingIn(`${ROOT_TOKEN}:team`))
    const expiresAt = world.time + 30 * 24 * 3600 * 1000
    expect(body).toEqual({ namespace: 'team', role: 'admin', device: null, expiresAt })
    const [value, ...attributes] = headers.get('set-cookie')?.split('; ') ?? []
    expect(value).toMatch(new RegExp(`^${LOGIN_COOKIE}=[A-Za-z0-9_.-]+$`))
    expect(attributes).toEqual(['Path=/', 'Max-Age=2592000', 'HttpOnly', 'SameSite=Strict'])
    expect(`${value} ${text}`).not.toContain(ROOT_TOKEN)
  })

  test('[WI5] over HTTPS, which the page says, sets a cookie for HTTPS alone', async () => {
    await using world = await DoorWorld.open()
    const { headers } = await world.ask(loggingIn(ROOT_TOKEN, { origin: 'https://hub.example' }))
    expect(headers.get('set-cookie')).toContain('; Secure')
  })

  test('[WI5] opens what the token opens, and no more', async () => {
    await using world = await DoorWorld.open()
    const mine = await world.session()
    const theirs = await world.session({}, {}, `${ROOT_TOKEN}:b`)
    const { token } = await world.device('viewer')
    const cookie = await cookieOf(world, token)
    expect(await withCookie(world, cookie, { path: `/api/sessions/${mine}` })).toMatchObject({ status: 200 })
    expect(await withCookie(world, cookie, { path: `/api/sessions/${theirs}` })).toMatchObject({
      status: 404,
    })
    const path = `/api/sessions/${mine}/archive`
    const write: Asking = { method: 'POST', path, body: {}, headers: { origin: ORIGIN } }
    expect(await withCookie(world, cookie, write)).toMatchObject({
      status: 403,
      body: { code: 'access_denied' },
    })
  })

  test('[WI5] writes are written by the device that logged in', async () => {
    await using world = await DoorWorld.open()
    const session = await world.session()
    const { token, id: device } = await world.device('agent')
    const cookie = await cookieOf(world, token)
    const path = `/api/sessions/${session}/metadata`
    const body = { patch: { name: 'n' } }
    const headers = { origin: ORIGIN }
    expect(await withCookie(world, cookie, { method: 'PATCH', path, body, headers })).toMatchObject({
      status: 200,
    })
    const history = await world.store.sessionHistory({ namespace: 'default', session, limit: 1 })
    expect(history?.items[0]?.actor).toEqual({ door: 'http', device })
  })

  test('[SE1] of a device ends at once when its token is taken back', async () => {
    await using world = await DoorWorld.open()
    const { token, id } = await world.device('agent')
    const cookie = await cookieOf(world, token)
    expect(await withCookie(world, cookie, { path: '/api/sessions' })).toMatchObject({ status: 200 })
    await world.ask({ method: 'DELETE', path: `/api/devices/${id}` })
    expect(await withCookie(world, cookie, { path: '/api/sessions' })).toMatchObject({ status: 401 })
  })

  test('[SE1] ends after its time', async () => {
    await using world = await DoorWorld.open()
    const cookie = await cookieOf(world)
    world.time += 30 * 24 * 3600 * 1000
    expect(await withCookie(world, cookie, { path: '/api/sessions' })).toMatchObject({ status: 401 })
  })

  test('[WI5] logging out takes the cookie away', async () => {
    await using world = await DoorWorld.open()
    const answer = await withCookie(world, await cookieOf(world), {
      method: 'POST',
      path: '/api/logout',
      headers: { origin: ORIGIN },
    })
    expect(answer.body).toEqual({ ok: true })
    expect(answer.headers.get('set-cookie')).toBe(
      `${LOGIN_COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict`,
    )
  })
})

describe('what a cookie may not', () => {
  test.each([
    ['no origin', '', 'origin_not_allowed'],
    ['another site', 'http://evil.example', 'origin_not_allowed'],
    ['another port of this host', 'http://127.0.0.1:3000', 'origin_not_allowed'],
    ['a page without an origin', 'null', 'origin_not_allowed'],
  ])('[SE3] X05 change anything from %s', async (_, origin, code) => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    const cookie = await cookieOf(world)
    for (const [method, path, body] of [
      ['PATCH', `/api/sessions/${id}/metadata`, { patch: { name: 'evil' } }],
      ['POST', `/api/sessions/${id}/archive`, {}],
      ['POST', '/api/devices', { name: 'evil', role: 'admin' }],
      ['DELETE', '/api/devices/d', undefined],
    ] as const) {
      const answer = await withCookie(world, cookie, { method, path, body, headers: { origin } })
      expect(answer).toMatchObject({ status: 403, body: { code } })
    }
    const stored = await world.store.readSession({ namespace: 'default', session: id })
    expect(stored?.metadataVersion).toBe(1)
  })

  test('[WI5] come in at the door of released clients', async () => {
    await using world = await DoorWorld.open()
    const cookie = await cookieOf(world)
    const answer = await withCookie(world, cookie, { path: '/cli/machines/m' })
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthorized' } })
  })

  test('[WI5] stand in for a token that is shown beside it and is wrong', async () => {
    await using world = await DoorWorld.open()
    const cookie = await cookieOf(world)
    const answer = await world.ask({ path: '/api/sessions', token: 'wrong', headers: { cookie } })
    expect(answer.status).toBe(401)
  })
})

describe('a wrong login', () => {
  test('[SE5] counts like every wrong token, and is told to wait', async () => {
    await using world = await DoorWorld.open()
    const answers: number[] = []
    for (let count = 0; count < 21; count += 1) {
      const { status, headers } = await world.ask(loggingIn(`wrong ${count}`))
      expect(headers.get('set-cookie')).toBeNull()
      answers.push(status)
    }
    expect(answers).toEqual([...Array.from({ length: 20 }, () => 401), 429])
    expect((await world.ask({ path: '/api/sessions', token: 'wrong' })).status).toBe(429)
    expect((await world.ask(loggingIn(ROOT_TOKEN))).status).toBe(200)
  })

  test.each([{}, { token: '' }, { token: 7 }, { token: 'x'.repeat(1025) }, { token: 't', remember: true }])(
    '[WI1] %j is refused',
    async (body) => {
      await using world = await DoorWorld.open()
      const answer = await world.ask({ method: 'POST', path: '/api/login', body, token: null })
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
    },
  )

  test('[SE3] from a page of another site is refused', async () => {
    await using world = await DoorWorld.open()
    const answer = await world.ask(loggingIn(ROOT_TOKEN, { origin: 'http://evil.example' }))
    expect(answer).toMatchObject({ status: 403, body: { code: 'origin_not_allowed' } })
    expect(answer.headers.get('set-cookie')).toBeNull()
  })
})
