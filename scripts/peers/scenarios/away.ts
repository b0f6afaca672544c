import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { AgentSession, isAllSaid, lostFields } from '../agent-session.ts'
import { fieldsOf } from '../hub-view.ts'
import type { Scenario } from '../scenario.ts'
import { isTitled } from '../title.ts'

const AWAY_MS = 20_000
const BACK_WITHIN_MS = 30_000
const TITLE = 'Written while nobody listened'

export const away: Scenario = {
  name: 'away',
  shows: 'what a session writes while the hub is away for twenty seconds is there afterwards',
  async run({ hub, peer, tap, view }, checks) {
    await using session = new AgentSession(peer, 'claude')
    const id = await session.id(tap)
    const token = await session.token()
    const before = await checks.eventually('its token is kept', () =>
      view.sessionWhere(id, (fields) => fields['claudeSessionId'] === token && isAllSaid(fields)),
    )

    await hub.kill()
    const [passing, last] = [randomUUID(), randomUUID()]
    await session.order({ order: 'new-conversation', id: passing })
    await pause(AWAY_MS / 4)
    await session.order({ order: 'title', title: TITLE })
    await pause(AWAY_MS / 4)
    await session.order({ order: 'new-conversation', id: last })
    await pause(AWAY_MS / 2)
    checks.holds('the session goes on without the hub', session.process.runs, session.process.output)

    await hub.start()
    const after = await checks.eventually(
      'it comes back, and what it wrote is there',
      () =>
        view.sessionWhere(
          id,
          (fields, { active }) => active && fields['claudeSessionId'] === last && isTitled(fields, TITLE),
        ),
      BACK_WITHIN_MS,
    )
    checks.equals('no field of it is gone', lostFields(fieldsOf(before), fieldsOf(after)), [])
    checks.equals(
      'each of its three writes is one version',
      after.metadataVersion,
      before.metadataVersion + 3,
    )

    await session.order({ order: 'exit', code: 0 })
    checks.equals('it ends without an error', (await session.process.ended).code, 0)
    const fields = await view.fields(id)
    checks.equals(
      'and is archived with its token',
      [fields['lifecycleState'], fields['claudeSessionId']],
      ['archived', last],
    )
  },
}
