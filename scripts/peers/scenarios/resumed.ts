import { AgentSession } from '../agent-session.ts'
import { fieldsOf } from '../hub-view.ts'
import type { Scenario } from '../scenario.ts'
import { isTitled } from '../title.ts'

const TITLE = 'What it was about'
const UNKNOWN = '11ed9160-bbf2-48df-b5e9-2ccb57f08a34'

export const resumed: Scenario = {
  name: 'resumed',
  shows: 'the list of what can be resumed, and a resume in place',
  async run({ peer, tap, view }, checks) {
    const { id, token } = await liveAndEnd()
    const archived = await view.session(id)
    const list = await peer.run(['resume'])
    checks.holds('the client lists it', list.output.includes(TITLE), list.output)
    checks.holds('and asks for an id', list.output.includes('hapi resume <session-id>'), list.output)
    const [offered] = await view.resumable(peer.machineId)
    checks.equals(
      'others who ask are told the same, and how it ran',
      [offered?.sessionId, offered?.agentSessionId, offered?.permissionMode],
      [id, token, 'default'],
    )
    const unknown = await peer.run(['resume', UNKNOWN])
    checks.holds('an unknown one is refused', unknown.code === 1, unknown.output)

    await using session = new AgentSession(peer, 'claude', ['resume', id])
    const args = await session.agentArguments()
    checks.equals('the agent is started with the token', args[args.indexOf('--resume') + 1], token)
    const running = await checks.eventually('the same session is active again', () =>
      view.sessionWhere(
        id,
        (held, { active }) =>
          active && held['hostPid'] === session.process.pid && held['startingMode'] === 'local',
      ),
    )
    const fields = fieldsOf(running)
    checks.equals('its token is as it was', fields['claudeSessionId'], token)
    checks.equals(
      'it is no longer archived',
      [fields['lifecycleState'], fields['archivedBy']],
      ['running', undefined],
    )
    checks.holds('its versions go on', running.metadataVersion > (archived?.metadataVersion ?? 0))
    const twice = await peer.run(['resume', id])
    checks.holds('it can not be resumed while it runs', twice.code === 1, twice.output)

    async function liveAndEnd(): Promise<{ id: string; token: string }> {
      await using first = new AgentSession(peer, 'claude')
      const created = await first.id(tap)
      const own = await first.token()
      await first.order({ order: 'title', title: TITLE })
      // A client says with its second heartbeat how its session is set.
      await checks.eventually('a session is to be resumed', () =>
        view.sessionWhere(
          created,
          (held, { permissionMode }) => isTitled(held, TITLE) && permissionMode === 'default',
        ),
      )
      await first.order({ order: 'exit', code: 0 })
      await first.process.ended
      return { id: created, token: own }
    }
  },
}
