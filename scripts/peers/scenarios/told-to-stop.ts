import { AgentSession, lostFields } from '../agent-session.ts'
import { fieldsOf } from '../hub-view.ts'
import type { Scenario } from '../scenario.ts'

const WHY = 'it goes in circles'

export const toldToStop: Scenario = {
  name: 'told-to-stop',
  shows: 'a session that somebody stops through the hub ends, and its run is cancelled and not interrupted',
  async run({ peer, tap, view }, checks) {
    await using session = new AgentSession(peer, 'claude')
    const id = await session.id(tap)
    const token = await session.token()
    const before = await checks.eventually('it is active, and its token is kept', () =>
      view.sessionWhere(id, (fields, { active }) => active && fields['claudeSessionId'] === token),
    )
    const [running] = await view.runs(id)
    checks.equals('a run of it is on record', [running?.kind, running?.state], ['implicit', 'running'])
    const { outcome, by } = await view.stop(id, WHY)
    checks.equals('its client ends it', [outcome, by], ['stopped', 'client'])
    await session.process.ended
    const [run] = await view.runs(id)
    checks.equals(
      'its run was cancelled, by whom it was asked, with its token',
      [run?.id, run?.state, run?.endedBy, run?.reason, run?.token],
      [running?.id, 'cancelled', 'client', WHY, token],
    )
    const after = await view.session(id)
    checks.equals('no field of it is gone', lostFields(fieldsOf(before), fieldsOf(after)), [])
  },
}
