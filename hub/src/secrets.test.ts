import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { newHome, removeHome, startHubProcess, type HubProcess } from './contract/hub-process.ts'
import { exchange } from './listen/contract/raw-http.ts'
import { TestClient } from './socket/contract/test-client.ts'

const ROOT = 'canary-root-kX93jq0vLmZ4'
const WRONG = 'canary-wrong-Yh27sWq1PnB6'
const RESUME = 'canary-resume-7c1e55a0-93d1'
const STATE = 'canary-state-of-an-agent'

interface Watched {
  readonly hub: HubProcess
  readonly home: string
  readonly url: string
  /** Everything that must not be in what the hub prints. */
  readonly secrets: string[]
}

/** Which secrets a hub at its loudest has printed when the work is done and it has ended. */
async function found(work: (watched: Watched) => Promise<void>): Promise<string[]> {
  const home = newHome()
  await using hub = startHubProcess({
    HOLDFAST_HOME: home,
    HOLDFAST_PORT: '0',
    HOLDFAST_TOKEN: ROOT,
    HOLDFAST_LOG_LEVEL: 'debug',
  })
  const secrets = [ROOT, WRONG, RESUME, STATE]
  await work({ hub, home, url: await hub.address(), secrets })
  hub.signal('SIGTERM')
  await hub.ended
  removeHome(home)
  const printed = `${hub.out()}${hub.errors()}`
  expect(hub.errors()).toContain('"what":"started"')
  return secrets.filter((secret) => printed.includes(secret))
}

function ask(url: string, path: string, init: RequestInit = {}, token = ROOT): Promise<Response> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
  return fetch(`${url}${path}`, { headers, ...init })
}

async function born(url: string): Promise<string> {
  const body = JSON.stringify({
    tag: 't',
    metadata: { path: '/p', claudeSessionId: RESUME },
    agentState: { s: STATE },
  })
  const answer = await ask(url, '/cli/sessions', { method: 'POST', body })
  return ((await answer.json()) as { session: { id: string } }).session.id
}

describe('what the hub prints at its loudest holds no secret', () => {
  test('[SE4] of what is asked over HTTP, rightly or wrongly', async () => {
    const secretsFound = await found(async ({ url, secrets }) => {
      const id = await born(url)
      const added = await ask(url, '/api/devices', { method: 'POST', body: '{"name":"d","role":"agent"}' })
      const { token } = (await added.json()) as { token: string }
      secrets.push(token)
      await ask(url, '/api/sessions/none', {}, token)
      await ask(url, `/api/sessions/${id}`, {}, WRONG)
      const patch = (body: string) => ask(url, `/api/sessions/${id}/metadata`, { method: 'PATCH', body })
      await patch(`{"patch":{"codexSessionId":"${RESUME}"}}`)
      await patch(`{"patch":{"claudeSessionId":{"of":"${RESUME}"}}}`)
      await patch(`{"patch":{"${RESUME}":`)
      await patch(`{"patch":{"n":1},"unknown":"${RESUME}"}`)
      await ask(url, '/api/backup', { method: 'POST', body: `{"file":"/nowhere/${RESUME}.db"}` })
      await ask(url, '/api/login', { method: 'POST', body: `{"token":"${WRONG}"}` })
      await ask(url, '/api/login', { method: 'POST', body: `{"token":"${ROOT}"}` })
      await exchange(
        Number(new URL(url).port),
        `GET /cli/sessions/x HTTP/1.1\r\nAuthorization Bearer ${ROOT}\r\n\r\n`,
      )
    })
    expect(secretsFound).toEqual([])
  })

  test('[SE4] of what comes over sockets, rightly or wrongly', async () => {
    const secretsFound = await found(async ({ url }) => {
      const sid = await born(url)
      using client = new TestClient(`${url}/cli`, {
        token: ROOT,
        clientType: 'session-scoped',
        sessionId: sid,
      })
      await client.connected()
      for (const metadata of [{ claudeSessionId: RESUME }, { claudeSessionId: { deep: RESUME } }, RESUME])
        await client.ask('update-metadata', { sid, expectedVersion: 1, metadata })
      await client.ask('patch-metadata', { sid, patch: { claudeSessionId: [RESUME] } })
      await client.ask('patch-metadata', { sid, patch: { n: 1 }, mutationId: RESUME })
      await client.ask('update-state', { sid, expectedVersion: 1, agentState: { s: STATE } })
      await client.ask(`event-${RESUME}`, { text: STATE })
      client.tell('rpc-register', { method: `${sid}:${RESUME}`, more: STATE })
      await client.settled()
      using stranger = new TestClient(`${url}/cli`, { token: WRONG, clientType: 'session-scoped' })
      await stranger.refusal()
      using lost = new TestClient(`${url}/of-${RESUME}`, { token: ROOT })
      await lost.refusal()
    })
    expect(secretsFound).toEqual([])
  })

  test('[SE4] of its end when it can not go on', async () => {
    const secretsFound = await found(async ({ url, home, hub }) => {
      const id = await born(url)
      renameSync(join(home, 'holdfast.db'), join(home, 'gone.db'))
      expect(await hub.ended).toBe(74)
      await ask(url, `/api/sessions/${id}`).catch(() => undefined)
    })
    expect(secretsFound).toEqual([])
  })
})
