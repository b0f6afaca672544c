import { describe, expect, test } from 'vitest'
import { flush } from '../contract/flush.ts'
import { FakeOutside } from '../contract/fake-outside.ts'
import { outcome } from '../contract/outcome.ts'
import { ApiClient } from './api-client.ts'
import { ApiError } from './api-error.ts'
import { knownMembers } from './known-members.ts'
import { machinesAnswer } from '../../protocol/http/machines.ts'

interface Asked {
  readonly url: string
  readonly init: RequestInit
}

type Answer = Response | (() => Promise<Response>)

/** A hub that gives these answers in turn, and then is gone. */
function hubWith(answers: readonly Answer[], token: string | null = 'a-token-of-tests') {
  const asked: Asked[] = []
  const outside = new FakeOutside()
  const rest = [...answers]
  const fetch = (url: URL, init: RequestInit): Promise<Response> => {
    asked.push({ url: `${url.pathname}${url.search}`, init })
    const next = rest.shift()
    if (next === undefined) return Promise.reject(new TypeError('fetch failed'))
    return typeof next === 'function' ? next() : Promise.resolve(next)
  }
  const api = new ApiClient({ url: 'http://127.0.0.1:4006', token, fetch, outside })
  return { api, asked, outside }
}

function answer(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status })
}

function page(ids: readonly string[], nextCursor: string | null): Response {
  return answer({ machines: ids.map(machine), nextCursor })
}

function machine(id: string): object {
  const times = { createdAt: 1, updatedAt: 2, active: false, activeAt: null }
  return { id, ...times, metadata: {}, metadataVersion: 1 }
}

const WRITTEN = { result: 'success', version: 2, changed: [], kept: [] }

/** Lets all pauses pass until the promise is settled. */
async function patiently(outside: FakeOutside, promise: Promise<unknown>): Promise<unknown> {
  const came = outcome(promise)
  for (let round = 0; round < 10; round++) {
    await flush()
    outside.pass(5_000)
  }
  return came
}

async function refusalOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error: unknown) => error,
  )
}

/** A hub that takes the connection and says nothing, until it is left. */
function silent({ signal }: RequestInit): Promise<Response> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(new Error('aborted')))
  })
}

async function all(items: AsyncIterable<{ readonly id: string }>): Promise<string[]> {
  const ids: string[] = []
  for await (const { id } of items) ids.push(id)
  return ids
}

describe('asking', () => {
  test('[WI5] sends what the route takes, with the token in its header', async () => {
    const { api, asked } = hubWith([answer({ entries: [], nextCursor: null })])
    const params = { id: 's1' }
    const query = { limit: 5, field: 'a b&c' }
    await api.call('GET /api/sessions/:id/history', { params, query })
    expect(asked[0]?.url).toBe('/api/sessions/s1/history?limit=5&field=a+b%26c')
    expect(asked[0]?.init).toMatchObject({
      method: 'GET',
      headers: { Authorization: 'Bearer a-token-of-tests' },
    })
    expect(asked[0]?.init.body).toBeUndefined()
  })

  test('[WI5] sends a body as JSON', async () => {
    const { api, asked } = hubWith([answer(WRITTEN)])
    const body = { version: 1, fields: ['name'] }
    const got = await api.call('POST /api/sessions/:id/restore', { params: { id: 's1' }, body })
    expect(got).toEqual(WRITTEN)
    expect(JSON.parse(asked[0]?.init.body as string)).toEqual(body)
  })

  test('[WI5] needs no token where a browser has a login', async () => {
    const { api, asked } = hubWith([page([], null)], null)
    await api.call('GET /api/machines', {})
    expect(asked[0]?.init.headers).toEqual({ 'Content-Type': 'application/json' })
  })

  test('[WI1] what the hub would refuse is not sent', async () => {
    const { api, asked } = hubWith([])
    const wrong = [
      api.call('GET /api/sessions/:id', { params: { id: 'no id' } }),
      api.call('GET /api/sessions', { query: { limit: 1001 } }),
      api.call('POST /api/sessions/:id/restore', { params: { id: 's' }, body: { version: -1 } }),
    ]
    for (const promise of wrong) await expect(promise).rejects.toMatchObject({ code: 'invalid_request' })
    expect(asked).toEqual([])
  })
})

describe('what comes back', () => {
  test('[WI1] of a newer hub is what is known here of it', async () => {
    const newer = { machines: [{ ...machine('m'), newer: { deep: 1 } }], nextCursor: null, alsoNewer: [] }
    const { api } = hubWith([answer(newer)])
    const got = await api.call('GET /api/machines', {})
    expect(got).toEqual({ machines: [machine('m')], nextCursor: null })
    expect(newer.machines[0]).toHaveProperty('newer')
  })

  test.each([[{ machines: [{}], nextCursor: null }], [{ machines: [] }], ['text'], [null]])(
    '[WI1] that is no such answer is not taken for one: %j',
    async (body) => {
      const { api, outside } = hubWith([answer(body), answer(body), answer(body)])
      const came = await patiently(outside, api.call('GET /api/machines', {}))
      expect(came).toBe('internal')
    },
  )

  test('[WI7] a refusal is an error with its code and all that was said', async () => {
    const said = { because: 'pruned', epoch: 'e', floor: 4, head: 9 }
    const { api } = hubWith([answer({ error: 'Too far.', code: 'too_far_behind', ...said }, 410)])
    const error = await refusalOf(api.call('GET /api/changes', { query: { since: 1 } }))
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({
      code: 'too_far_behind',
      message: 'Too far.',
      detail: said,
      retry: 'resync',
    })
  })

  test.each([
    [401, 'unauthorized'],
    [404, 'not_found'],
    [502, 'hub_unreachable'],
  ])('[WI7] %s of something else than a hub is %s', async (status, code) => {
    const strange = () => Promise.resolve(new Response('<html>', { status }))
    const { api, outside } = hubWith([strange, strange, strange])
    expect(await patiently(outside, api.call('GET /api/machines', {}))).toBe(code)
  })

  test('[WI1] an answer that is known whole is not copied', () => {
    const whole = { machines: [machine('m')], nextCursor: null }
    expect(knownMembers(machinesAnswer, whole).success).toBe(true)
    expect(knownMembers(machinesAnswer, { ...whole, machines: 7, more: 1 }).success).toBe(false)
  })
})

describe('a passing failure', () => {
  test('[CL7] of a read is tried again, a few times', async () => {
    const { api, asked, outside } = hubWith([() => Promise.reject(new TypeError('reset')), page(['m'], null)])
    const came = await patiently(outside, api.call('GET /api/machines', {}))
    expect(came).toMatchObject({ machines: [{ id: 'm' }] })
    expect(asked.length).toBe(2)
    const gone = hubWith([])
    expect(await patiently(gone.outside, gone.api.call('GET /api/machines', {}))).toBe('hub_unreachable')
    expect(gone.asked.length).toBe(3)
  })

  test('[VE5] of a change is tried again only where it takes effect once', async () => {
    const params = { id: 's' }
    const once = hubWith([])
    const blind = once.api.call('POST /api/sessions/:id/restore', { params, body: { version: 1 } })
    expect(await patiently(once.outside, blind)).toBe('outcome_unknown')
    expect(once.asked.length).toBe(1)
    const safe = hubWith([])
    const body = { version: 1, mutationId: 'mutation-0000000001' }
    const named = safe.api.call('POST /api/sessions/:id/restore', { params, body })
    expect(await patiently(safe.outside, named)).toBe('outcome_unknown')
    expect(safe.asked.map(({ init }) => init.body)).toEqual(
      Array.from({ length: 3 }, () => JSON.stringify(body)),
    )
  })

  test('[CL7] ends where the caller ends it', async () => {
    const outside = new FakeOutside()
    let asked = 0
    const api = new ApiClient({
      url: 'http://127.0.0.1:4006',
      token: null,
      outside,
      fetch: (_url, init) => {
        asked += 1
        return silent(init)
      },
    })
    const stop = new AbortController()
    const came = outcome(api.call('GET /api/machines', {}, stop.signal))
    await flush()
    stop.abort()
    expect(await came).toBe('hub_unreachable')
    expect(asked).toBe(1)
  })

  test('[RI1] a resume is waited for as long as it takes', async () => {
    const outside = new FakeOutside()
    const arriving: ((response: Response) => void)[] = []
    const fetch = (_url: URL, init: RequestInit): Promise<Response> =>
      Promise.race([new Promise<Response>((resolve) => arriving.push(resolve)), silent(init)])
    const api = new ApiClient({ url: 'http://127.0.0.1:4006', token: null, outside, fetch })
    const came = api.call('POST /api/sessions/:id/resume', { params: { id: 's' }, body: {} })
    await flush()
    outside.pass(140_000)
    const answered = { type: 'success', sessionId: 's', runId: 'r' }
    arriving[0]?.(answer(answered))
    expect(await came).toEqual(answered)
  })
})

describe('the items of a list', () => {
  test('[WI5] come from one page after the other, short and empty ones too', async () => {
    const { api, asked } = hubWith([page(['a', 'b'], 'b'), page([], 'c'), page(['d'], null)])
    const items = api.items('GET /api/machines', { query: { limit: 2 } }, { most: 10 })
    expect(await all(items)).toEqual(['a', 'b', 'd'])
    expect(asked.map(({ url }) => url)).toEqual([
      '/api/machines?limit=2',
      '/api/machines?limit=2&cursor=b',
      '/api/machines?limit=2&cursor=c',
    ])
  })

  test('[WI5] are no more than are wanted, and no page more than they need', async () => {
    const { api, asked } = hubWith([page(['a', 'b'], 'b'), page(['c', 'd'], 'd')])
    expect(await all(api.items('GET /api/machines', {}, { most: 3 }))).toEqual(['a', 'b', 'c'])
    expect(asked.length).toBe(2)
  })

  test('[WI5] of a history go on before what was given', async () => {
    const { api, asked } = hubWith([
      answer({ entries: [], nextCursor: '7' }),
      answer({ entries: [], nextCursor: null }),
    ])
    const ask = { params: { id: 's' } }
    for await (const entry of api.items('GET /api/sessions/:id/history', ask, { most: 5 }))
      expect(entry).toBeNull()
    expect(asked[1]?.url).toBe('/api/sessions/s/history?before=7')
  })

  test('[SE5] of a list that stands still end with an error', async () => {
    const { api } = hubWith([page(['a'], 'a'), page(['b'], 'a')])
    await expect(all(api.items('GET /api/machines', {}, { most: 10 }))).rejects.toMatchObject({
      code: 'internal',
    })
  })
})
