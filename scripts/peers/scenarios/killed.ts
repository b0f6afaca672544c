import { AgentSession, isAllSaid } from '../agent-session.ts'
import type { Scenario } from '../scenario.ts'

export const killed: Scenario = {
  name: 'killed',
  shows: 'a session whose process is killed is not active, and has lost nothing',
  async run({ peer, tap, view }, checks) {
    await using session = new AgentSession(peer, 'claude')
    const id = await session.id(tap)
    const token = await session.token()
    const before = await checks.eventually('it is active, and its token is kept', () =>
      view.sessionWhere(
        id,
        (fields, { active }) => active && fields['claudeSessionId'] === token && isAllSaid(fields),
      ),
    )
    session.process.signal('SIGKILL')
    await session.process.ended
    const after = await checks.eventually('it is not active', () =>
      view.sessionWhere(id, (_, { active }) => !active),
    )
    checks.equals('every field is as it was', after.metadata, before.metadata)
    checks.equals('its version is as it was', after.metadataVersion, before.metadataVersion)
  },
}
