import { randomUUID } from 'node:crypto'
import { AGENTS, type AgentEntry } from '@holdfast/shared/agents/registry'
import { releasedFlavor } from '@holdfast/shared/protocol/released/modes'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT_TOKEN } from '../../contract/running-hub.ts'
import { TestClient } from '../../socket/contract/test-client.ts'
import { ScriptedRunner } from '../contract/scripted-runner.ts'
import { AcceptanceHub } from './contract/acceptance-hub.ts'
import { MACHINE } from './contract/worker-process.ts'

const AGENTS_WITH_TOKENS: readonly AgentEntry[] = AGENTS.filter(({ tokenField }) => tokenField !== null)
const REASONS = ['Session crashed', 'User terminated', 'Local launch failed: exit 1'] as const

let hub: AcceptanceHub

beforeAll(async () => {
  hub = await AcceptanceHub.start()
  await hub.ask('POST', '/cli/machines', { id: MACHINE, metadata: {} })
})
afterAll(() => hub[Symbol.asyncDispose]())

const CHECKS = ['token', 'transcript', 'directory', 'machine', 'runtime', 'last-run']

interface Ended {
  readonly id: string
  readonly token: string
  /** Of the session, with its token and the field that is paired with it. */
  readonly before: { readonly [field: string]: unknown }
}

/** A released client runs an agent, and writes nothing but its archive fields when that ends: its cache was empty. */
async function crashed(
  { flavor, tokenField, pairedField }: AgentEntry,
  archiveReason: string,
): Promise<Ended> {
  const token = randomUUID()
  const metadata = {
    path: '/srv/app',
    host: 'box',
    flavor,
    machineId: MACHINE,
    [tokenField ?? '']: token,
    ...(pairedField === null
      ? {}
      : { [pairedField]: pairedField === 'cursorSessionProtocol' ? 'acp' : 'source' }),
  }
  const made = await hub.ask('POST', '/cli/sessions', { tag: randomUUID(), metadata })
  const { id } = made.body['session'] as { id: string }
  const { session: before } = await hub.session(id)
  using client = new TestClient(`${hub.url}/cli`, {
    token: ROOT_TOKEN,
    clientType: 'session-scoped',
    sessionId: id,
  })
  await client.connected()
  client.tell('session-alive', { sid: id, time: Date.now(), thinking: true })
  await client.settled()
  client.tell('session-end', { sid: id, time: Date.now(), reason: 'error' })
  const sparse = { lifecycleState: 'archived', lifecycleStateSince: 1, archivedBy: 'cli', archiveReason }
  const blob = { sid: id, expectedVersion: before.metadataVersion, metadata: sparse }
  expect(await client.ask('update-metadata', blob)).toMatchObject({ result: 'success' })
  return { id, token, before: before.metadata }
}

/** A released client replaces the whole metadata with these fields, at this version or the one that there is. */
async function sent(id: string, metadata: object, version?: number): Promise<unknown> {
  using client = new TestClient(`${hub.url}/cli`, {
    token: ROOT_TOKEN,
    clientType: 'session-scoped',
    sessionId: id,
  })
  await client.connected()
  const expectedVersion = version ?? (await hub.session(id)).session.metadataVersion
  return await client.ask('update-metadata', { sid: id, expectedVersion, metadata })
}

test('[ME3] for every agent and every archive reason: a sparse archive write of a released client keeps the token, its pair and the routing', async () => {
  for (const agent of AGENTS_WITH_TOKENS)
    for (const reason of REASONS) {
      const { id, before } = await crashed(agent, reason)
      const { session } = await hub.session(id)
      expect(session.metadata).toMatchObject(before)
      expect(session.metadata).toMatchObject({ lifecycleState: 'archived', archiveReason: reason })
    }
})

test.each(AGENTS_WITH_TOKENS)(
  '[ME3] [ME5] $flavor: a blob that names another token wins over the stored one, and no old pair stays beside it',
  async (agent) => {
    const { id, before } = await crashed(agent, 'Session crashed')
    const token = randomUUID()
    const field = agent.tokenField ?? ''
    expect(await sent(id, { [field]: token })).toMatchObject({ result: 'success' })
    const { session, tokens } = await hub.session(id)
    expect(session.metadata).toMatchObject({ path: before['path'], flavor: agent.flavor, [field]: token })
    expect(session.metadata).not.toHaveProperty(agent.pairedField ?? 'a pair')
    expect(tokens).toMatchObject([{ value: token, left: 'no' }, { left: 'superseded' }])
  },
)

test.each(AGENTS_WITH_TOKENS)(
  '[ME6] [ME14] $flavor: a token is cleared by saying so and in no other way, and stays in the history',
  async (agent) => {
    const { id, token } = await crashed(agent, 'Session crashed')
    const field = agent.tokenField ?? ''
    expect(await sent(id, { [field]: null })).toMatchObject({ result: 'success' })
    const { session, tokens, verdict } = await hub.session(id)
    expect(session.metadata).not.toHaveProperty(field)
    expect(tokens).toMatchObject([{ value: token, left: 'cleared' }])
    expect(verdict).toMatchObject({ decision: 'fresh', reason: 'token_cleared' })
  },
)

test.each(AGENTS_WITH_TOKENS)(
  '[VE3] $flavor: a blob of an older version is a mismatch with what is there, and changes nothing',
  async (agent) => {
    const { id, token } = await crashed(agent, 'Session crashed')
    const { session: before } = await hub.session(id)
    const field = agent.tokenField ?? ''
    const answer = await sent(id, { [field]: randomUUID() }, before.metadataVersion - 1)
    expect(answer).toMatchObject({
      result: 'version-mismatch',
      version: before.metadataVersion,
      metadata: { [field]: token },
    })
    expect((await hub.session(id)).session).toEqual(before)
  },
)

test('[RV10] for every agent that released clients know: archived by a crash, fetched again, and its resume target still has the token', async () => {
  for (const agent of AGENTS_WITH_TOKENS) {
    if (!releasedFlavor.safeParse(agent.flavor).success) continue
    const { id, token } = await crashed(agent, 'Session crashed')
    const { status, body } = await hub.ask('GET', `/cli/sessions/${id}/resume-target`)
    expect({ flavor: agent.flavor, status }).toEqual({ flavor: agent.flavor, status: 200 })
    expect(body['target']).toMatchObject({ flavor: agent.flavor, agentSessionId: token })
  }
})

test.each(AGENTS_WITH_TOKENS)(
  '[RI1] [RI5] $flavor: a session that a crash archived is resumed by a person with the very token, and leaves the archive only then',
  async (agent) => {
    using runner = await ScriptedRunner.connect({ url: hub.url, token: ROOT_TOKEN, machineId: MACHINE })
    const { id, token } = await crashed(agent, 'Session crashed')
    const resuming = hub.ask('POST', `/api/sessions/${id}/resume`, { acceptRisk: CHECKS })
    const early = await Promise.race([resuming, runner.asked('start', runner.count('start') + 1)])
    expect(early).toMatchObject({ sessionId: id, token, directory: '/srv/app' })
    expect((await hub.session(id)).session.metadata).toMatchObject({ lifecycleState: 'archived' })
    const run = (early as { runId: string }).runId
    await hub.ask('POST', `/cli/runs/${run}/token`, { token, state: 'confirmed' })
    expect(await resuming).toMatchObject({
      status: 200,
      body: { type: 'success', sessionId: id },
    })
    const { session } = await hub.session(id)
    expect(session.metadata['lifecycleState']).toBeUndefined()
    expect(session.metadata[agent.tokenField ?? '']).toBe(token)
    await hub.ask('POST', `/cli/runs/${run}/complete`, { outcome: 'success' })
  },
)

test.each(AGENTS_WITH_TOKENS)(
  '[RU2] $flavor: a released client that ended in an error leaves its token at risk, and no program that acts by itself gets it',
  async (agent) => {
    const worker = hub.worker()
    const { id, token } = await crashed(agent, 'Session crashed')
    const { runs, session } = await hub.session(id)
    expect(runs[0]).toMatchObject({ state: 'failed' })
    const { tag } = session as unknown as { tag: string }
    const work = await worker.claim({ key: tag, flavor: agent.flavor })
    expect(work.resume).toMatchObject({ decision: 'fresh', reason: 'run_failed' })
    expect((await hub.session(id)).tokens[0]).toMatchObject({ value: token, left: 'no' })
  },
)
