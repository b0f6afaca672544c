import { randomUUID } from 'node:crypto'
import type { Session } from '@holdfast/shared/protocol/http/session'
import { AgentSession } from '../agent-session.ts'
import type { Checks } from '../checks.ts'
import { Runner } from '../runner.ts'
import type { Scenario } from '../scenario.ts'
import type { World } from '../world.ts'

/** Clients come back within five seconds; a busy computer may take longer. */
const BACK_WITHIN_MS = 30_000

export const crashed: Scenario = {
  name: 'crashed',
  shows: 'a hub that is killed and started again finds its runner and its sessions again, whole',
  run: (world, checks) => throughRestart(world, checks, () => world.hub.kill()),
}

export const stopped: Scenario = {
  name: 'stopped',
  shows: 'a hub that is stopped and started again finds its runner and its sessions again, whole',
  run: (world, checks) =>
    throughRestart(world, checks, async () => {
      const { code, milliseconds } = await world.hub.stop()
      checks.equals('the hub ends without an error', code, 0)
      checks.holds('it ends within its five seconds', milliseconds < 5500, `${Math.round(milliseconds)} ms`)
    }),
}

async function throughRestart(world: World, checks: Checks, end: () => Promise<void>): Promise<void> {
  const { hub, peer, tap, view } = world
  await using runner = await Runner.start(peer)
  const remote = await runner.spawnSession(peer.project)
  await using terminal = new AgentSession(peer, 'claude')
  const local = await terminal.id(tap)
  const token = await terminal.token()
  await checks.eventually('both sessions are active and one has its token', async () => {
    const [one, other] = [await view.session(remote), await settled(world, local, token)]
    return one?.active && other !== undefined ? true : undefined
  })
  const before = { remote: await view.session(remote), local: await view.session(local) }

  await end()
  await hub.start()
  checks.equals('the restarted hub has every field of both', await metadataOf(world, [remote, local]), [
    before.remote?.metadata,
    before.local?.metadata,
  ])
  checks.equals('and their versions', await versionsOf(world, [remote, local]), [
    before.remote?.metadataVersion,
    before.local?.metadataVersion,
  ])

  const active = async (id: string): Promise<true | undefined> =>
    (await view.session(id))?.active ? true : undefined
  await checks.eventually(
    'the runner comes back by itself',
    async () => ((await view.machine(peer.machineId))?.active ? true : undefined),
    BACK_WITHIN_MS,
  )
  await checks.eventually('so does its session', () => active(remote), BACK_WITHIN_MS)
  await checks.eventually('and the one in the terminal', () => active(local), BACK_WITHIN_MS)
  const [child] = await runner.children()
  checks.holds(
    'nobody was started again',
    runner.process.runs && terminal.process.runs && child !== undefined,
  )

  const next = randomUUID()
  terminal.order({ order: 'new-conversation', id: next })
  const after = await checks.eventually('what is written then goes through', () =>
    settled(world, local, next),
  )
  checks.equals('as the next version', after.metadataVersion, (before.local?.metadataVersion ?? 0) + 1)
}

/** The session, once it is active, holds the token, and its client has nothing more to say about its start. */
async function settled({ view }: World, id: string, token: string): Promise<Session | undefined> {
  const session = await view.session(id)
  const fields = await view.fields(id)
  const told = fields['claudeSessionId'] === token && 'slashCommands' in fields && 'startingMode' in fields
  return session?.active && told ? session : undefined
}

async function metadataOf({ view }: World, ids: readonly string[]): Promise<unknown[]> {
  return Promise.all(ids.map(async (id) => (await view.session(id))?.metadata))
}

async function versionsOf({ view }: World, ids: readonly string[]): Promise<unknown[]> {
  return Promise.all(ids.map(async (id) => (await view.session(id))?.metadataVersion))
}
