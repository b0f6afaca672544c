import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../metadata/json.ts'
import { FakeOutside } from '../contract/fake-outside.ts'
import { ModelHub } from '../contract/model-hub.ts'
import { outcome } from '../contract/outcome.ts'
import { flush } from '../contract/flush.ts'
import type { Fetch } from './http-wire.ts'
import { HubHttp } from './hub-http.ts'

const TOKEN = 'holdfast_a_token_of_tests'
const VIEW = new ModelHub({ path: '/p', host: 'h' }).session()
const MUTATION = 'm'.repeat(26)

interface Asked {
  readonly url: string
  readonly init: RequestInit
}

/** A hub that gives these answers in turn; a function answers for itself. */
function hubWith(answers: readonly (Response | (() => Promise<Response>))[]) {
  const asked: Asked[] = []
  const outside = new FakeOutside()
  const rest = [...answers]
  const fetch: Fetch = (url, init) => {
    asked.push({ url: url.href, init })
    const next = rest.shift()
    if (next === undefined) return Promise.reject(new TypeError('fetch failed'))
    return typeof next === 'function' ? next() : Promise.resolve(next)
  }
  const http = new HubHttp({ url: 'http://127.0.0.1:4006/', token: TOKEN, fetch, outside })
  return { http, asked, outside }
}

function answer(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status })
}

function refusal(code: string, status: number): Response {
  return answer({ error: `It is ${code}.`, code }, status)
}

/** A hub that takes the connection and says nothing, until it is left. */
function silent(_url: URL, { signal }: RequestInit): Promise<Response> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(new Error('aborted')))
  })
}

function lost(): Promise<Response> {
  return Promise.reject(new TypeError('reset'))
}

/** Lets all pauses pass until the promise is settled. */
async function patiently(outside: FakeOutside, promise: Promise<unknown>): Promise<unknown> {
  const came = outcome(promise)
  for (let round = 0; round < 10; round++) {
    await flush()
    outside.pass(5_000)
  }
  return came
}

describe('asking the hub over HTTP', () => {
  test('[WI5] a session is read as it is stored, with the token in a header and nowhere else', async () => {
    const { http, asked, outside } = hubWith([answer({ session: VIEW })])
    expect(await http.readSession('a/b?c')).toEqual(VIEW)
    expect(asked[0]?.url).toBe('http://127.0.0.1:4006/api/sessions/a%2Fb%3Fc')
    expect(new Headers(asked[0]?.init.headers).get('authorization')).toBe(`Bearer ${TOKEN}`)
    expect(asked[0]?.init.redirect).toBe('error')
    expect(outside.timers).toBe(0)
  })

  test('[WI5] an answer of a newer hub may hold more than is known here', async () => {
    const { http } = hubWith([answer({ session: { ...VIEW, verdict: {} }, runs: [] })])
    expect(await http.readSession('s')).toEqual(VIEW)
  })

  test('[CO1] a session is created or loaded by its tag', async () => {
    const session = {
      id: 's',
      namespace: 'default',
      seq: 0,
      createdAt: 1,
      updatedAt: 1,
      active: false,
      activeAt: 1,
      metadata: { path: '/p' },
      metadataVersion: 1,
      agentState: null,
      agentStateVersion: 1,
      thinking: false,
      thinkingAt: 1,
      model: null,
      modelReasoningEffort: null,
      effort: null,
    }
    const { http, asked } = hubWith([answer({ session })])
    expect(await http.createSession({ tag: 't', metadata: { path: '/p' } })).toEqual(session)
    expect([asked[0]?.url, asked[0]?.init.method]).toEqual(['http://127.0.0.1:4006/cli/sessions', 'POST'])
    expect(JSON.parse(asked[0]?.init.body as string)).toEqual({ tag: 't', metadata: { path: '/p' } })
  })

  test.each([
    ['session_not_found', 404],
    ['unauthorized', 401],
    ['access_denied', 403],
    ['too_large', 413],
    ['invalid_field', 422],
  ])('[WI7] %s comes with its code and sentence, and is not asked again', async (code, status) => {
    const { http, asked, outside } = hubWith([refusal(code, status)])
    const read = http.readSession('s')
    expect(await patiently(outside, read)).toBe(code)
    expect(await read.catch((error: Error) => error.message)).toBe(`It is ${code}.`)
    expect(asked).toHaveLength(1)
  })

  test('[WI7] a code that is not known here keeps its sentence', async () => {
    const { http, outside } = hubWith([1, 2, 3].map(() => refusal('of_later', 418)))
    const read = http.readSession('s')
    expect(await patiently(outside, read)).toBe('internal')
    expect(await read.catch((error: Error) => error.message)).toBe('It is of_later.')
  })

  test('[CL7] what passes is asked again a few times, after pauses', async () => {
    const { http, asked, outside } = hubWith([refusal('storage_busy', 503), answer({ session: VIEW })])
    const read = http.readSession('s')
    await flush()
    expect(asked).toHaveLength(1)
    expect(await patiently(outside, read)).toEqual(VIEW)
    const failing = hubWith(Array.from({ length: 9 }, () => refusal('storage_busy', 503)))
    expect(await patiently(failing.outside, failing.http.readSession('s'))).toBe('storage_busy')
    expect(failing.asked).toHaveLength(3)
    expect(failing.outside.timers).toBe(0)
  })

  test.each([
    ['a status without a body', () => new Response(null, { status: 502 }), 'hub_unreachable'],
    ['a page of something before it', () => new Response('<html>', { status: 503 }), 'hub_unreachable'],
    ['a page of another program', () => new Response('<html>', { status: 404 }), 'not_found'],
    ['a login page', () => new Response('<html>', { status: 200 }), 'internal'],
    ['another answer than was asked for', () => answer({ session: { ...VIEW, metadata: null } }), 'internal'],
    ['a refusal under a status of success', () => refusal('unauthorized', 200), 'internal'],
    ['a proxy that wants a token', () => new Response('', { status: 401 }), 'unauthorized'],
  ])('[WI7] %s', async (_, make, code) => {
    const { http, outside } = hubWith([1, 2, 3].map(() => () => Promise.resolve(make())))
    expect(await patiently(outside, http.readSession('s'))).toBe(code)
  })

  test('[CL7] a hub that does not answer in time is unreachable, and nothing is left behind', async () => {
    const outside = new FakeOutside()
    const http = new HubHttp({ url: 'http://hub', token: TOKEN, fetch: silent, outside })
    const read = outcome(http.readSession('s'))
    for (let round = 0; round < 10; round++) {
      await flush()
      outside.pass(10_000)
    }
    expect(await read).toBe('hub_unreachable')
    expect(outside.timers).toBe(0)
    const gone = new AbortController()
    const called = outcome(http.readSession('s', gone.signal))
    gone.abort()
    expect(await called).toBe('hub_unreachable')
    expect(outside.timers).toBe(0)
  })

  test('[SE4] no error holds the token', async () => {
    const { http, outside } = hubWith([])
    const read = http.readSession('s')
    await patiently(outside, read)
    const error: unknown = await read.catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(Error)
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(TOKEN)
  })

  test.each([
    ['ftp://hub', 'must be like'],
    ['hub:4006', 'must be like'],
    ['', 'must be like'],
    ['http://user:secret@hub', 'password'],
    ['http://hub/cli', 'must end'],
    ['http://hub/?token=x', 'must end'],
  ])('[SE4] the address %s is refused with what to do', (url, word) => {
    const outside = new FakeOutside()
    const make = (): HubHttp =>
      new HubHttp({ url, token: TOKEN, outside, fetch: () => Promise.reject(new Error()) })
    expect(make).toThrow(word)
  })
})

describe('patching over HTTP', () => {
  const body = { patch: { title: 't' }, mutationId: MUTATION }
  const success: JsonObject = { result: 'success', version: 2, changed: ['title'], kept: [] }

  test('[WI5] the ack is that of a patch over the socket', async () => {
    const { http, asked } = hubWith([answer(success)])
    expect(await http.patchSession('s', body)).toEqual(success)
    expect([asked[0]?.url, asked[0]?.init.method]).toEqual([
      'http://127.0.0.1:4006/api/sessions/s/metadata',
      'PATCH',
    ])
    expect(JSON.parse(asked[0]?.init.body as string)).toEqual(body)
  })

  test('[CL8] somebody else being first is an answer, with the values that belong to the version', async () => {
    const conflict = { error: 'No.', code: 'version_mismatch', result: 'version-mismatch', version: 5 }
    const { http } = hubWith([answer({ ...conflict, conflicts: { title: 'theirs' } }, 409)])
    const patched = await http.patchSession('s', { ...body, expectedVersion: 1 })
    expect(patched).toMatchObject({ result: 'version-mismatch', version: 5, conflicts: { title: 'theirs' } })
  })

  test('[VE5] a lost answer: the same mutation is sent again', async () => {
    const { http, asked, outside } = hubWith([lost, answer(success)])
    expect(await patiently(outside, http.patchSession('s', body))).toEqual(success)
    expect(asked.map(({ init }) => init.body)).toEqual([JSON.stringify(body), JSON.stringify(body)])
  })

  test('[VE5] no answer at all, or none that is understood: the outcome is unknown, not failed', async () => {
    const { http, outside } = hubWith([])
    expect(await patiently(outside, http.patchSession('s', body))).toBe('outcome_unknown')
    const odd = hubWith([1, 2, 3].map(() => answer({ result: 'purple' })))
    expect(await patiently(odd.outside, odd.http.patchSession('s', body))).toBe('outcome_unknown')
  })
})
