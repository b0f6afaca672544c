import { randomUUID } from 'node:crypto'
import { AgentSession, isAllSaid, lostFields } from '../agent-session.ts'
import { fieldsOf } from '../hub-view.ts'
import type { Scenario } from '../scenario.ts'

/** What somebody else writes: a field that released clients know, and one that they have never heard of. */
const EDIT = { name: 'Renamed by somebody else', budget: { limit: 5, spent: [1, 2] } }

export const edited: Scenario = {
  name: 'edited',
  shows:
    'what others write while a session runs is told to its client, and survives what the client writes next',
  async run({ peer, tap, view }, checks) {
    await using session = new AgentSession(peer, 'claude')
    const id = await session.id(tap)
    const token = await session.token()
    const before = await checks.eventually('its token is kept', () =>
      view.sessionWhere(id, (fields) => fields['claudeSessionId'] === token && isAllSaid(fields)),
    )
    await view.edit(id, EDIT)
    await checks.eventually('its client is told', () =>
      tap.records.find(
        (record) =>
          record.kind === 'packet' &&
          record.from === 'hub' &&
          record.packet.type === 'event' &&
          JSON.stringify(record.packet.args).includes(EDIT.name),
      ),
    )
    const next = randomUUID()
    await session.order({ order: 'new-conversation', id: next })
    const after = await checks.eventually('it goes on with its next conversation', () =>
      view.sessionWhere(id, (fields) => fields['claudeSessionId'] === next),
    )
    const held = fieldsOf(after)
    checks.equals('the edit is still there', { name: held['name'], budget: held['budget'] }, EDIT)
    checks.equals('so is everything else', lostFields(fieldsOf(before), held), [])
    await session.order({ order: 'exit', code: 0 })
    await session.process.ended
    const { name, budget, lifecycleState } = await view.fields(id)
    checks.equals(
      'also when it is archived',
      { name, budget, lifecycleState },
      { ...EDIT, lifecycleState: 'archived' },
    )
  },
}
