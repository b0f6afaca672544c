import { randomUUID } from 'node:crypto'
import { AgentSession } from '../agent-session.ts'
import { fieldsOf, type Fields } from '../hub-view.ts'
import type { Scenario } from '../scenario.ts'
import { isTitled } from '../title.ts'
import type { WireRecord } from '../wire-record.ts'

/** As programs make it that cut a text in the middle of an emoji. */
const CUT = 'Cut in half \ud83d'
const MARKED = 'Cut in half \ufffd'
const PLAIN = 'A plain one'
/** More than a whole document may hold. */
const HUGE = 'x'.repeat(1_200_000)

function carriesHuge(record: WireRecord): boolean {
  if (record.kind !== 'packet' || record.packet.type !== 'event') return false
  return record.packet.name === 'update-metadata' && JSON.stringify(record.packet.args).includes(HUGE)
}

export const oddTitles: Scenario = {
  name: 'odd-titles',
  shows: 'a title that can not be kept as it is neither stops the client nor costs anything else',
  async run({ peer, tap, view }, checks) {
    await using session = new AgentSession(peer, 'claude')
    const id = await session.id(tap)
    const token = await session.token()
    const kept = (isKept: (fields: Fields) => boolean) => () => view.sessionWhere(id, isKept)
    await checks.eventually(
      'its token is kept',
      kept((fields) => fields['claudeSessionId'] === token),
    )
    await session.order({ order: 'title', title: CUT })
    await checks.eventually(
      'half an emoji is kept as a mark',
      kept((fields) => isTitled(fields, MARKED)),
    )
    await session.order({ order: 'title', title: HUGE })
    const next = randomUUID()
    await session.order({ order: 'new-conversation', id: next })
    const after = await checks.eventually(
      'after a huge one the client still writes',
      kept((fields) => fields['claudeSessionId'] === next),
    )
    checks.holds('the huge one was sent', tap.records.some(carriesHuge))
    checks.holds('the title is the one that could be kept', isTitled(fieldsOf(after), MARKED))
    await session.order({ order: 'title', title: PLAIN })
    await checks.eventually(
      'the next title is taken',
      kept((fields) => isTitled(fields, PLAIN)),
    )
    await session.order({ order: 'exit', code: 0 })
    checks.equals('the client ends without an error', (await session.process.ended).code, 0)
    const fields = await view.fields(id)
    checks.equals(
      'archived, with its token',
      [fields['lifecycleState'], fields['claudeSessionId']],
      ['archived', next],
    )
  },
}
