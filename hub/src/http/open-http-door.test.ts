import { API_ROUTES } from '@holdfast/shared/protocol/api-routes'
import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import { errorBody } from '@holdfast/shared/protocol/http/error-body'
import { CLI_ROUTES } from '@holdfast/shared/protocol/routes'
import { describe, expect, test } from 'vitest'
import { DoorWorld, ROOT_TOKEN, type Answered, type Asking } from './contract/door-world.ts'
import { failingStore } from './contract/failing-store.ts'
import { Latch } from './contract/latch.ts'

const PROTOCOL = 'x-hapi-protocol-version'

/** One request for each way an answer comes about. */
const EVERY_KIND: readonly (readonly [string, Asking, number])[] = [
  ['an answer', { path: '/cli/machines/m' }, 404],
  ['health', { path: '/healthz' }, 200],
  ['a refused host', { path: '/cli/sessions/s', headers: { host: 'evil.example' } }, 403],
  ['a missing token', { path: '/cli/sessions/s', token: null }, 401],
  ['a wrong method', { method: 'PUT', path: '/cli/sessions/s' }, 405],
  ['no such path', { path: '/cli/none' }, 404],
  ['a failure', { path: '/cli/sessions/fails' }, 500],
  ['a path outside', { path: '/none' }, 404],
]

/** A door on a store that reads no session: this is thrown instead. */
function failing(thrown: unknown): Promise<DoorWorld> {
  const read = async (): Promise<never> => {
    throw thrown
  }
  return DoorWorld.open({ store: (store) => failingStore(store, 'readSession', read) })
}

describe('every answer', () => {
  test.each(EVERY_KIND)(
    '[SE3] carries the headers that keep it to itself: %s',
    async (_name, asking, status) => {
      await using world = await failing(new TypeError('a bug'))
      const { headers, status: got, body } = await world.ask({ ...asking, headers: { ...asking.headers } })
      expect(got).toBe(status)
      if (status !== 200) errorBody.parse(body)
      expect({
        sniff: headers.get('x-content-type-options'),
        cache: headers.get('cache-control'),
        resource: headers.get('cross-origin-resource-policy'),
        content: headers.get('content-security-policy'),
        referrer: headers.get('referrer-policy'),
        cors: [...headers.keys()].filter((name) => name.startsWith('access-control-')),
        cookie: headers.get('set-cookie'),
      }).toEqual({
        sniff: 'nosniff',
        cache: 'no-store',
        resource: 'same-origin',
        content: "default-src 'none'; frame-ancestors 'none'",
        referrer: 'no-referrer',
        cors: [],
        cookie: null,
      })
      expect(headers.get(PROTOCOL)).toBe(asking.path.startsWith('/cli') ? '1' : null)
    },
  )
})

describe('methods', () => {
  test.each([...Object.keys(CLI_ROUTES), ...Object.keys(API_ROUTES)])(
    '[SE5] H19 %s is served',
    async (route) => {
      await using world = await DoorWorld.open()
      const [method = '', path = ''] = route.split(' ')
      const answer = await world.ask({ method, path: path.replace(':id', 'x') })
      expect(answer.status).not.toBe(405)
      expect(answer.body['code']).not.toBe('not_found')
      const other = await world.ask({ method: 'PUT', path: path.replace(':id', 'x') })
      expect(other.status).toBe(405)
      expect(other.headers.get('allow')?.split(', ')).toContain(method)
    },
  )

  test('[SE5] H19 a path says all its methods', async () => {
    await using world = await DoorWorld.open()
    const answer = await world.ask({ method: 'PATCH', path: '/api/devices' })
    expect(answer.headers.get('allow')).toBe('GET, HEAD, POST')
    expect((await world.ask({ method: 'POST', path: '/healthz' })).headers.get('allow')).toBe('GET, HEAD')
  })
})

describe('tokens', () => {
  test('[CO1] H74 who shows none is told which kind is wanted', async () => {
    await using world = await DoorWorld.open()
    for (const path of ['/cli/sessions/s', '/api/sessions/s']) {
      const answer = await world.ask({ path, token: null })
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    }
  })

  test('[CO11] a released client with a wrong token is never told to wait', async () => {
    await using world = await DoorWorld.open()
    const statuses = new Set<number>()
    for (let count = 0; count < 50; count += 1)
      statuses.add((await world.ask({ path: '/cli/machines/m', token: 'wrong' })).status)
    expect([...statuses]).toEqual([401])
    expect((await world.ask({ path: '/api/devices', token: 'wrong' })).status).toBe(429)
    expect((await world.ask({ path: '/cli/machines/m' })).status).toBe(404)
  })

  test('[SE4] nothing that was sent as a token is in an answer or in the log', async () => {
    await using world = await failing(new Error('a bug'))
    const answers = await Promise.all([
      world.ask({ path: `/cli/sessions/s?token=${ROOT_TOKEN}`, token: null }),
      world.ask({ path: '/cli/sessions/s', headers: { authorization: `Basic ${ROOT_TOKEN}` } }),
      world.ask({ path: '/cli/sessions/s', headers: { authorization: `Bearer ${ROOT_TOKEN}, Bearer x` } }),
      world.ask({ path: '/cli/sessions/s' }),
    ])
    expect(JSON.stringify([answers.map((answer) => answer.text), world.lines])).not.toContain(ROOT_TOKEN)
  })
})

describe('failures of the hub', () => {
  test.each([
    ['storage_full', 507],
    ['storage_error', 503],
    ['outcome_unknown', 503],
    ['store_stopped', 503],
  ] as const)('[SE5] H87 H88 %s has its own status and its own sentence', async (code, status) => {
    await using world = await failing(new HoldfastError(code, 'One plain sentence.'))
    const answer = await world.ask({ path: '/cli/sessions/s' })
    expect(answer).toMatchObject({ status, body: { code, error: 'One plain sentence.' } })
    expect(world.lines).toEqual([{ what: 'request failed', facts: { doing: 'GET', code } }])
  })

  test.each([
    ['an error', new TypeError('secret')],
    ['something that is no error', 'secret'],
  ])('[WI7] %s that nobody foresaw says nothing of itself and is logged once', async (_name, thrown) => {
    await using world = await failing(thrown)
    const answer = await world.ask({ path: '/cli/sessions/s' })
    expect(answer).toMatchObject({ status: 500, body: { code: 'internal' } })
    expect(answer.text).not.toContain('secret')
    expect(world.lines).toHaveLength(1)
    expect(world.lines[0]?.error).toBeInstanceOf(Error)
    expect((await world.ask({ path: '/healthz' })).status).toBe(200)
  })
})

describe('shutting down', () => {
  test('[OP4] H86 nothing new is begun, and the client is told to come back', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    world.ending = true
    for (const asking of [
      { path: `/cli/sessions/${id}` },
      { method: 'PATCH', path: `/api/sessions/${id}/metadata`, body: { patch: { a: 1 } } },
    ]) {
      const answer = await world.ask(asking)
      expect(answer).toMatchObject({ status: 503, body: { code: 'shutting_down' } })
      expect(answer.headers.get('retry-after')).toBe('1')
    }
  })
})

function many(world: DoorWorld, count: number, asking: Asking): Promise<Answered[]> {
  return Promise.all(Array.from({ length: count }, () => world.ask(asking)))
}

describe('how much an address may ask', () => {
  test('[SE5] H85 of 1,001 requests in a second some are told to wait', async () => {
    await using world = await DoorWorld.open()
    const statuses: number[] = []
    for (let count = 0; count < 1001; count += 1)
      statuses.push((await world.ask({ path: '/api/sessions/nobody' })).status)
    expect(statuses.filter((status) => status === 404)).toHaveLength(400)
    const refused = await world.ask({ path: '/api/sessions/nobody' })
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
    expect(refused.headers.get('retry-after')).toBe('1')
    expect((await world.ask({ path: '/api/sessions/nobody', address: '10.0.0.9' })).status).toBe(404)
    world.time += 1000
    expect((await world.ask({ path: '/api/sessions/nobody' })).status).toBe(404)
  })

  test('[SE5] requests that are still being answered are counted too', async () => {
    const latch = new Latch()
    await using world = await DoorWorld.open({
      store: (store) => failingStore(store, 'readSession', () => latch.opened),
    })
    const waiting = many(world, 64, { path: '/api/sessions/s' })
    expect((await world.ask({ path: '/api/sessions/s' })).body).toMatchObject({
      code: 'rate_limited',
      limit: 64,
    })
    latch.open()
    expect((await waiting).every((answer) => answer.status === 404)).toBe(true)
    expect((await world.ask({ path: '/api/sessions/s' })).status).toBe(404)
  })

  test('[CO11] a released client is never told to wait', async () => {
    await using world = await DoorWorld.open()
    const answers = await many(world, 1001, { path: '/cli/machines/nobody' })
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([404]))
  })
})
