import { AgentSession, tokenField } from '../agent-session.ts'
import { fieldsOf } from '../hub-view.ts'
import type { Scenario } from '../scenario.ts'

const FLAVORS = ['opencode', 'cursor', 'kimi', 'copilot', 'grok']

export const everyAgent: Scenario = {
  name: 'every-agent',
  shows: 'each agent has its token in its own field, and what is paired with it',
  async run({ peer, tap, view }, checks) {
    for (const flavor of FLAVORS) {
      await using session = new AgentSession(peer, flavor)
      const id = await session.id(tap)
      const token = await session.token()
      const held = await checks.eventually(`${flavor}: its token is kept`, () =>
        view.sessionWhere(id, (fields) => fields[tokenField(flavor)] === token),
      )
      if (flavor === 'cursor') {
        const protocol = fieldsOf(held)['cursorSessionProtocol']
        checks.equals('cursor: so is the protocol it belongs to', protocol, 'acp')
      }
      session.process.signal('SIGTERM')
      await session.process.ended
      const fields = await view.fields(id)
      checks.equals(
        `${flavor}: and stays when the session ends`,
        [fields['lifecycleState'], fields[tokenField(flavor)]],
        ['archived', token],
      )
    }
    const offered = (await view.resumable(peer.machineId)).map((row) => row.flavor)
    checks.equals('all of them are offered for a resume', offered.toSorted(), FLAVORS.toSorted())
  },
}
