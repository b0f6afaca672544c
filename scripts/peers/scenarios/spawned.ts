import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { isAllSaid, lostFields } from '../agent-session.ts'
import { fieldsOf, type Fields } from '../hub-view.ts'
import { readIfThere } from '../agents/announcement.ts'
import type { Peer } from '../peer.ts'
import { Runner } from '../runner.ts'
import type { Scenario } from '../scenario.ts'
import { until } from '../until.ts'

interface HookSettings {
  readonly hooks: { readonly SessionStart: readonly { readonly hooks: readonly { command: string }[] }[] }
}

export const spawned: Scenario = {
  name: 'spawned',
  shows: 'a session that the runner starts appears, is active, keeps its token, and is stopped',
  async run({ peer, view }, checks) {
    await using runner = await Runner.start(peer)
    const id = await runner.spawnSession(peer.project)
    const fields = await view.fields(id)
    checks.equals('it says where it runs', fields['path'], peer.project)
    checks.equals('it says what it is', [fields['flavor'], fields['startedBy']], ['claude', 'runner'])
    checks.equals('it says on which machine', fields['machineId'], peer.machineId)
    const [child] = await runner.children()
    checks.equals('its process is the one that the runner started', fields['hostPid'], child?.pid)
    await checks.eventually('it is active', () => view.sessionWhere(id, (_, { active }) => active))
    const machine = await view.machine(peer.machineId)
    checks.holds(
      'the machine has kept what only the runner knows of it',
      Array.isArray((machine?.metadata as Fields | undefined)?.['capabilities']),
    )

    const token = randomUUID()
    await tellHook(peer, { pid: child?.pid ?? 0, token })
    const before = await checks.eventually('its token is kept as soon as the agent says it', () =>
      view.sessionWhere(id, (said) => said['claudeSessionId'] === token && isAllSaid(said)),
    )

    checks.equals('the runner stops it', await runner.stopSession(id), 'stopped')
    const after = await checks.eventually('it archives itself, and is not active', () =>
      view.sessionWhere(id, (said, { active }) => !active && said['lifecycleState'] === 'archived'),
    )
    checks.equals('its token is still there', fieldsOf(after)['claudeSessionId'], token)
    checks.equals('no field of it is gone', lostFields(fieldsOf(before), fieldsOf(after)), [])
  },
}

/** What Claude does when it starts: it runs the hook that the client has prepared for it. */
async function tellHook(peer: Peer, { pid, token }: { pid: number; token: string }): Promise<void> {
  const settings = join(peer.home, 'tmp/hooks', `session-hook-${pid}.json`)
  const text = await until('the client has its hooks ready', () => {
    const read = readIfThere(settings).trim()
    return read.endsWith('}') ? read : undefined
  })
  const { hooks } = JSON.parse(text) as HookSettings
  const command = hooks.SessionStart[0]?.hooks[0]?.command ?? ''
  const event = { session_id: token, hook_event_name: 'SessionStart', source: 'startup', cwd: peer.project }
  const input = JSON.stringify({ ...event, transcript_path: `/nowhere/${token}.jsonl` })
  const done = spawnSync('sh', ['-c', command], { input, encoding: 'utf8' })
  if (done.status !== 0) throw new Error(`the hook of the client failed: ${done.stderr}`)
}
