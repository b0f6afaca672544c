import { randomUUID } from 'node:crypto'
import type { Session } from '@holdfast/shared/protocol/http/session'
import { AgentSession, isAllSaid } from '../agent-session.ts'
import type { Checks } from '../checks.ts'
import { fieldsOf, type Fields } from '../hub-view.ts'
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
      checks.equals('the hub ends without an error', (await world.hub.stop()).code, 0)
    }),
}

async function throughRestart(world: World, checks: Checks, end: () => Promise<void>): Promise<void> {
  const { hub, peer, tap, view } = world
  await using runner = await Runner.start(peer)
  const remote = await runner.spawnSession(peer.project)
  await using terminal = new AgentSession(peer, 'claude')
  const local = await terminal.id(tap)
  const token = await terminal.token()
  const settled = (id: string, holds: (fields: Fields) => boolean = () => true) =>
    view.sessionWhere(id, (fields, { active }) => active && isAllSaid(fields) && holds(fields))
  const before = [
    await checks.eventually('a session of the runner is active', () => settled(remote)),
    await checks.eventually('one in a terminal too, with its token', () =>
      settled(local, (fields) => fields['claudeSessionId'] === token),
    ),
  ]

  await end()
  await hub.start()
  const restarted = [await view.session(remote), await view.session(local)]
  checks.equals('the hub has every field of both again', restarted.map(fieldsOf), before.map(fieldsOf))
  checks.equals('and their versions', restarted.map(versionOf), before.map(versionOf))

  await checks.eventually(
    'the runner comes back by itself',
    async () => ((await view.machine(peer.machineId))?.active ? true : undefined),
    BACK_WITHIN_MS,
  )
  await checks.eventually('so does its session', () => settled(remote), BACK_WITHIN_MS)
  await checks.eventually('and the one in the terminal', () => settled(local), BACK_WITHIN_MS)
  const [child] = await runner.children()
  checks.holds(
    'nobody was started again',
    runner.process.runs && terminal.process.runs && child !== undefined,
  )

  const next = randomUUID()
  await terminal.order({ order: 'new-conversation', id: next })
  const after = await checks.eventually('what is written then goes through', () =>
    settled(local, (fields) => fields['claudeSessionId'] === next),
  )
  checks.equals('as the next version', after.metadataVersion, (versionOf(before[1]) ?? 0) + 1)
}

function versionOf(session: Session | undefined): number | undefined {
  return session?.metadataVersion
}
