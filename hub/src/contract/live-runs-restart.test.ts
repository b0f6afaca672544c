import { afterEach, beforeEach, expect, test } from 'vitest'
import { TestClient } from '../socket/contract/test-client.ts'
import { runIdOf } from '../store/contract/test-runs.ts'
import { newHome, removeHome, startHubProcess, type HubProcess } from './hub-process.ts'
import { ROOT_TOKEN } from './running-hub.ts'

const CLAIMED = 25
const IMPLICIT = 25
const HOUR = '3600000'
/** The shortest that a lease may be. */
const SHORT = '5000'

interface Running {
  readonly hub: HubProcess
  readonly url: string
}

async function start(home: string, leaseMs: string): Promise<Running> {
  const hub = startHubProcess({
    HOLDFAST_HOME: home,
    HOLDFAST_PORT: '0',
    HOLDFAST_TOKEN: ROOT_TOKEN,
    HOLDFAST_LEASE_MS: leaseMs,
  })
  return { hub, url: await hub.address() }
}

async function ask({ url }: Running, path: string, body?: object): Promise<{ status: number; body: never }> {
  const response = await fetch(`${url}${path}`, {
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    headers: { Authorization: `Bearer ${ROOT_TOKEN}`, 'Content-Type': 'application/json' },
  })
  return { status: response.status, body: (await response.json()) as never }
}

/** A session with a run of a dispatcher's that has reported its token. */
async function claimed(running: Running, number: number): Promise<string> {
  const runId = runIdOf(number)
  const claim = { key: `key ${number}`, flavor: 'claude', machineId: 'm1', runId, directory: '/work' }
  const { body } = await ask(running, '/cli/claims', claim)
  await ask(running, `/cli/runs/${runId}/token`, { token: `token ${number}`, state: 'confirmed' })
  return (body as { sessionId: string }).sessionId
}

function alive({ url }: Running, sid: string): TestClient {
  const client = new TestClient(`${url}/cli`, {
    token: ROOT_TOKEN,
    clientType: 'session-scoped',
    sessionId: sid,
  })
  client.tell('session-alive', { sid, time: 1, thinking: true })
  return client
}

/** A session whose client knows no runs. */
async function born(running: Running, number: number): Promise<string> {
  const metadata = { path: '/work', host: 'h', flavor: 'claude', claudeSessionId: `token ${number}` }
  const { body } = await ask(running, '/cli/sessions', { tag: `tag ${number}`, metadata })
  return (body as { session: { id: string } }).session.id
}

/** What must survive. */
interface State {
  readonly claudeSessionId: unknown
  readonly lifecycleState: unknown
  readonly runs: readonly (readonly [id: string, state: string, token: string | null])[]
}

async function stateOf(running: Running, sid: string): Promise<State> {
  const { body } = await ask(running, `/api/sessions/${sid}`)
  const { session, runs } = body as {
    session: { metadata: Record<string, unknown> }
    runs: { id: string; state: string; token: string | null }[]
  }
  const { claudeSessionId, lifecycleState } = session.metadata
  return { claudeSessionId, lifecycleState, runs: runs.map(({ id, state, token }) => [id, state, token]) }
}

const statesOf = (running: Running, sids: readonly string[]): Promise<State[]> =>
  Promise.all(sids.map((sid) => stateOf(running, sid)))

/** Asks again until it is so, or until the test is given up. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 100))
}

async function haveRuns(running: Running, sids: readonly string[], state: string): Promise<void> {
  for (const sid of sids)
    await until(async () => JSON.stringify(await stateOf(running, sid)).includes(`"${state}"`))
}

/** The lines of its log that say so. */
function logged({ hub }: Running, what: string): object[] {
  const lines = hub.errors().split('\n')
  return lines.flatMap((line) => (line.includes(what) ? (JSON.parse(line) as object) : []))
}

async function ended({ hub }: Running, how: NodeJS.Signals): Promise<void> {
  hub.signal(how)
  await hub.ended
}

let home = ''

beforeEach(() => {
  home = newHome()
})

afterEach(() => removeHome(home))

test('[RU3] a hub with 50 live runs, killed and restarted: none is interrupted or archived, no token changes, and who falls silent is swept', async () => {
  const first = await start(home, HOUR)
  await using _first = first.hub
  const dispatched = await Promise.all(Array.from({ length: CLAIMED }, (_, at) => claimed(first, at + 1)))
  const released = await Promise.all(Array.from({ length: IMPLICIT }, (_, at) => born(first, 100 + at)))
  const sids = [...dispatched, ...released]
  const clients = released.map((sid) => alive(first, sid))
  await haveRuns(first, released, 'running')
  const before = await statesOf(first, sids)
  expect(JSON.stringify(before).match(/"running"/g)).toHaveLength(CLAIMED + IMPLICIT)
  await ended(first, 'SIGKILL')
  for (const client of clients) client[Symbol.dispose]()

  const second = await start(home, HOUR)
  await using _second = second.hub
  expect(logged(second, 'runs are live from before')).toMatchObject([{ runs: CLAIMED + IMPLICIT }])
  expect(await statesOf(second, sids)).toEqual(before)
  for (let number = 1; number <= CLAIMED; number += 1)
    expect((await ask(second, `/cli/runs/${runIdOf(number)}/heartbeat`, {})).status).toBe(200)
  const back = released.map((sid) => alive(second, sid))
  await Promise.all(back.map((client) => client.connected()))
  await Promise.all(back.map((client) => client.settled()))
  expect(await statesOf(second, sids)).toEqual(before)
  await ended(second, 'SIGTERM')
  for (const client of back) client[Symbol.dispose]()

  const third = await start(home, SHORT)
  await using _third = third.hub
  await haveRuns(third, sids, 'interrupted')
  // A client that knows no runs worked with the token of its session.
  const swept = before.map(({ runs, ...state }) => ({
    ...state,
    runs: runs.map(([id]) => [id, 'interrupted', state.claudeSessionId]),
  }))
  expect(await statesOf(third, sids)).toEqual(swept)
  expect(logged(third, 'runs were not heard of').length).toBeGreaterThan(0)
  expect((await ask(third, `/cli/runs/${runIdOf(1)}/heartbeat`, {})).status).toBe(200)
}, 180_000)
