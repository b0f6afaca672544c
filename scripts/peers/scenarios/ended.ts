import { AgentSession, lostFields } from '../agent-session.ts'
import { fieldsOf } from '../hub-view.ts'
import type { Scenario } from '../scenario.ts'
import { isTitled } from '../title.ts'

const TITLE = 'The first thing that was asked'

export const ended: Scenario = {
  name: 'ended',
  shows: 'a session that ends by itself is archived with its token',
  async run({ peer, tap, view }, checks) {
    await using session = new AgentSession(peer, 'claude')
    const id = await session.id(tap)
    const token = await session.token()
    await session.order({ order: 'title', title: TITLE })
    const before = await checks.eventually('its title is kept', () =>
      view.sessionWhere(id, (fields) => isTitled(fields, TITLE)),
    )
    await session.order({ order: 'exit', code: 0 })
    checks.equals('the client ends without an error', (await session.process.ended).code, 0)
    const after = await view.session(id)
    const fields = fieldsOf(after)
    checks.equals(
      'it is archived, by whom and why',
      [fields['lifecycleState'], fields['archivedBy'], fields['archiveReason']],
      ['archived', 'cli', 'Session completed'],
    )
    checks.equals('its token is kept', fields['claudeSessionId'], token)
    checks.equals('no field of it is gone', lostFields(fieldsOf(before), fields), [])
    checks.equals('it is not active', after?.active, false)
  },
}
