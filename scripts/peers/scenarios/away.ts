import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { AgentSession } from '../agent-session.ts'
import type { Scenario } from '../scenario.ts'

const AWAY_MS = 20_000
const BACK_WITHIN_MS = 30_000

export const away: Scenario = {
  name: 'away',
  shows: 'what a session writes while the hub is away for twenty seconds is there afterwards',
  async run({ hub, peer, tap, view }, checks) {
    await using session = new AgentSession(peer, 'claude')
    const id = await session.id(tap)
    const token = await session.token()
    const before = await checks.eventually('its token is kept', async () => {
      const seen = await view.session(id)
      const fields = await view.fields(id)
      return fields['claudeSessionId'] === token && 'slashCommands' in fields ? seen : undefined
    })
    await hub.kill()
    const [passing, last] = [randomUUID(), randomUUID()]
    session.order({ order: 'new-conversation', id: passing })
    await pause(AWAY_MS / 4)
    session.order({ order: 'title', title: 'Written while nobody listened' })
    await pause(AWAY_MS / 4)
    session.order({ order: 'new-conversation', id: last })
    await pause(AWAY_MS / 2)
    checks.holds('the session goes on without the hub', session.process.runs, session.process.output)

    await hub.start()
    const after = await checks.eventually(
      'what it wrote is there',
      async () => {
        const fields = await view.fields(id)
        const summary = fields['summary'] as { text?: string } | undefined
        const whole = fields['claudeSessionId'] === last && summary?.text === 'Written while nobody listened'
        return whole ? fields : undefined
      },
      BACK_WITHIN_MS,
    )
    const old = before.metadata as object
    checks.equals(
      'no field of it is gone',
      Object.keys(old).filter((field) => !(field in after)),
      [],
    )
    await checks.eventually(
      'it is active',
      async () => ((await view.session(id))?.active ? true : undefined),
      BACK_WITHIN_MS,
    )
    const { metadataVersion } = (await view.session(id)) ?? { metadataVersion: 0 }
    const versions = metadataVersion - before.metadataVersion
    checks.holds('each of its writes is one version', versions >= 2 && versions <= 3, `${versions} versions`)

    session.order({ order: 'exit', code: 0 })
    checks.equals('it ends without an error', (await session.process.ended).code, 0)
    checks.equals(
      'and is archived with its token',
      [(await view.fields(id))['lifecycleState'], (await view.fields(id))['claudeSessionId']],
      ['archived', last],
    )
  },
}
