import { describe, expect, test } from 'vitest'
import { runHub, type RunningHub } from '../contract/running-hub.ts'
import { TestClient } from '../socket/contract/test-client.ts'
import { parseExposition, type Exposed } from './contract/parse-exposition.ts'

async function call(hub: RunningHub, path: string, more: { token?: string; body?: object } = {}) {
  const { token = hub.token, body } = more
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
  const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
  return fetch(`${hub.url}${path}`, { headers, ...sent })
}

async function scrape(hub: RunningHub): Promise<Exposed> {
  const answer = await call(hub, '/metrics')
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  return parseExposition(await answer.text())
}

/** Scrapes until a number is what it comes to by itself; far longer than that takes. */
async function scrapeUntil(hub: RunningHub, name: string, value: number): Promise<Exposed> {
  for (let tries = 0; tries < 2000; tries += 1) {
    const seen = await scrape(hub)
    if (seen.samples.get(name) === value) return seen
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`${name} never came to ${value}.`)
}

async function born(hub: RunningHub, tag: string): Promise<string> {
  const metadata = { path: '/p', host: 'h', claudeSessionId: 'claude-token', codexSessionId: 'codex-token' }
  const answer = await call(hub, '/cli/sessions', { body: { tag, metadata } })
  return ((await answer.json()) as { session: { id: string } }).session.id
}

async function connect(hub: RunningHub): Promise<TestClient> {
  const client = new TestClient(`${hub.url}/cli`, { token: hub.token, clientType: 'session-scoped' })
  await client.connected()
  return client
}

/** Ten writes that are taken, two conflicts, one rebase, two tokens carried forward, and three refusals. */
async function knownTraffic(hub: RunningHub, client: TestClient): Promise<void> {
  const sid = await born(hub, 'one')
  await born(hub, 'one')
  const patch = (value: object, more: object = {}) =>
    client.ask('patch-metadata', { sid, patch: value, ...more })
  for (let n = 0; n < 6; n += 1) await patch({ n })
  const mutationId = 'mutation-of-the-test-1'
  await patch({ m: 1 }, { mutationId })
  await patch({ m: 1 }, { mutationId })
  await patch({ m: 1 })
  await patch({ other: 1 }, { expectedVersion: 3 })
  await patch({ n: 'stale' }, { expectedVersion: 3 })
  const replace = (metadata: object, expectedVersion: number) =>
    client.ask('update-metadata', { sid, metadata, expectedVersion })
  await replace({ path: '/p', host: 'h', name: 'without tokens' }, 9)
  await replace({ path: '/p', host: 'h', name: 'stale' }, 9)
  await patch({ claudeSessionId: null })
  await client.ask('patch-metadata', { sid: 'nobody', patch: { n: 1 } })
  await client.ask('patch-metadata', { sid, patch: 'no object' })
  await call(hub, '/api/sessions/nobody')
}

describe('what a scrape shows', () => {
  test('[OP2] of known traffic every number is exact', async () => {
    await using hub = await runHub()
    using client = await connect(hub)
    const before = await scrape(hub)
    await knownTraffic(hub, client)
    const after = await scrape(hub)
    const grown = (name: string): number => (after.samples.get(name) ?? 0) - (before.samples.get(name) ?? 0)
    const outcome = (name: string): number => grown(`holdfast_writes_total{outcome="${name}"}`)
    expect(Object.fromEntries(OUTCOMES.map((name) => [name, outcome(name)]))).toEqual({
      written: 10,
      unchanged: 1,
      replayed: 1,
      conflict: 2,
      refused: 3,
      failed: 0,
    })
    expect(grown('holdfast_write_rebases_total')).toBe(1)
    expect(grown('holdfast_tokens_carried_forward_total')).toBe(2)
    expect(grown('holdfast_socket_writes_total')).toBe(16)
    expect(grown('holdfast_socket_acks_total')).toBe(13)
    expect(grown('holdfast_socket_refusals_total{code="session_not_found"}')).toBe(1)
    expect(grown('holdfast_socket_refusals_total{code="protected_field"}')).toBe(1)
    expect(grown('holdfast_http_refusals_total{code="session_not_found"}')).toBe(1)
    expect(grown('holdfast_http_answers_total{status="4xx"}')).toBe(1)
    expect(grown('holdfast_http_answers_total{status="2xx"}')).toBe(3)
    expect(after.samples.get('holdfast_sockets')).toBe(1)
  })

  test('[OP2] what is committed together is one commit, of that size', async () => {
    await using hub = await runHub()
    using client = await connect(hub)
    const sid = await born(hub, 'one')
    const before = await scrape(hub)
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => client.ask('patch-metadata', { sid, patch: { [`f${n}`]: n } })),
    )
    const after = await scrape(hub)
    const grown = (name: string): number => (after.samples.get(name) ?? 0) - (before.samples.get(name) ?? 0)
    expect(grown('holdfast_commit_batch_size_sum')).toBe(20)
    expect(grown('holdfast_commit_batch_size_count')).toBe(grown('holdfast_commit_seconds_count'))
    expect(grown('holdfast_commit_seconds_sum')).toBeGreaterThan(0)
    expect(after.samples.get('holdfast_database_bytes')).toBeGreaterThan(0)
    expect(after.samples.get('holdfast_database_log_bytes')).toBeGreaterThan(0)
    expect(after.samples.get('holdfast_writes_waiting')).toBe(0)
  })

  test('[OP2] claims are writes of their own kind, and none of fields', async () => {
    await using hub = await runHub()
    const before = await scrape(hub)
    const body = { key: 'k', flavor: 'claude', machineId: 'm1' }
    for (let times = 0; times < 2; times += 1) await call(hub, '/cli/claims', { body })
    const after = await scrape(hub)
    const grown = (name: string): number => (after.samples.get(name) ?? 0) - (before.samples.get(name) ?? 0)
    const claims = (outcome: string): number =>
      grown(`holdfast_run_writes_total{kind="claim",outcome="${outcome}"}`)
    expect([claims('taken'), claims('refused'), claims('failed')]).toEqual([1, 1, 0])
    expect(grown('holdfast_writes_total{outcome="written"}')).toBe(0)
    expect(grown('holdfast_commit_batch_size_sum')).toBe(2)
  })

  test('[OP2] sockets that go are no longer counted, those that were refused are', async () => {
    await using hub = await runHub()
    const client = await connect(hub)
    client[Symbol.dispose]()
    using stranger = new TestClient(`${hub.url}/cli`, { token: 'no-token-of-this-hub' })
    await stranger.refusal()
    const seen = await scrapeUntil(hub, 'holdfast_sockets', 0)
    expect(seen.samples.get('holdfast_sockets_refused_total{how="refused"}')).toBe(1)
  })

  test('[OP2] once all was told the feed has no lag', async () => {
    await using hub = await runHub()
    using client = await connect(hub)
    const sid = await born(hub, 'one')
    await client.ask('patch-metadata', { sid, patch: { n: 1 } })
    const seen = await scrapeUntil(hub, 'holdfast_feed_lag_seconds', 0)
    expect(seen.samples.get('holdfast_feed_lag_seconds')).toBe(0)
  })

  test('[OP2] [SE4] it takes a token, of which the role viewer is enough, and shows nothing of anybody', async () => {
    await using hub = await runHub()
    using client = await connect(hub)
    await knownTraffic(hub, client)
    const added = await call(hub, '/api/devices', { body: { name: 'prometheus', role: 'viewer' } })
    const { token } = (await added.json()) as { token: string }
    expect((await fetch(`${hub.url}/metrics`)).status).toBe(401)
    expect((await call(hub, '/metrics', { token: 'no-token-of-this-hub' })).status).toBe(401)
    const text = await (await call(hub, '/metrics', { token })).text()
    expect(text).toContain('holdfast_writes_total')
    for (const secret of ['claude-token', 'codex-token', hub.token, token, 'default', 'prometheus', '/p'])
      expect(text).not.toContain(secret)
  })
})

const OUTCOMES = ['written', 'unchanged', 'replayed', 'conflict', 'refused', 'failed']
