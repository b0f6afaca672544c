import { AgentSession } from '../agent-session.ts'
import type { Scenario } from '../scenario.ts'

export const ended: Scenario = {
  name: 'ended',
  shows: 'a session that ends by itself is archived with its token',
  async run({ peer, tap, view }, checks) {
    await using session = new AgentSession(peer, 'claude')
    const id = await session.id(tap)
    const token = await session.token()
    session.order({ order: 'title', title: 'The first thing that was asked' })
    await checks.eventually('its title is kept', async () => {
      const summary = (await view.fields(id))['summary'] as { text?: string } | undefined
      return summary?.text === 'The first thing that was asked' ? true : undefined
    })
    const before = await view.fields(id)
    session.order({ order: 'exit', code: 0 })
    checks.equals('the client ends without an error', (await session.process.ended).code, 0)
    const after = await view.session(id)
    const fields = await view.fields(id)
    checks.equals(
      'it is archived, by whom and why',
      [fields['lifecycleState'], fields['archivedBy'], fields['archiveReason']],
      ['archived', 'cli', 'Session completed'],
    )
    checks.equals('its token is kept', fields['claudeSessionId'], token)
    checks.equals(
      'no field of it is gone',
      Object.keys(before).filter((field) => !(field in fields)),
      [],
    )
    checks.equals('it is not active', after?.active, false)
  },
}
