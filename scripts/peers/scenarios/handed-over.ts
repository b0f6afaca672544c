import { AgentSession } from '../agent-session.ts'
import { fieldsOf } from '../hub-view.ts'
import type { Scenario } from '../scenario.ts'

export const handedOver: Scenario = {
  name: 'handed-over',
  shows: 'a session that runs without a terminal is handed over to one, through a call of the hub',
  async run({ peer, tap, view }, checks) {
    await using remote = new AgentSession(peer, 'opencode')
    const id = await remote.id(tap)
    const token = await remote.token()
    await checks.eventually('it is active, and its token is kept', () =>
      view.sessionWhere(id, (fields, { active }) => active && fields['opencodeSessionId'] === token),
    )
    await using local = new AgentSession(peer, 'opencode', ['resume', id])
    checks.equals('the first one ends when it is asked to', (await remote.process.ended).code, 0)
    const args = await local.agentArguments()
    checks.holds('the agent is started with the token', args.includes(token), JSON.stringify(args))
    const again = await checks.eventually('the same session is active again', () =>
      view.sessionWhere(id, (fields, { active }) => active && fields['hostPid'] === local.process.pid),
    )
    checks.equals('with the same token', fieldsOf(again)['opencodeSessionId'], token)
  },
}
