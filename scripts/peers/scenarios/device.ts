import { isAllSaid } from '../agent-session.ts'
import { fieldsOf } from '../hub-view.ts'
import { Runner } from '../runner.ts'
import type { Scenario } from '../scenario.ts'

export const device: Scenario = {
  name: 'device',
  shows: 'a client with a token of its own works until that token is taken back',
  sendsAway: true,
  async run({ view, anotherPeer }, checks) {
    const { device: added, token } = await view.addDevice({ name: 'laptop', role: 'agent' })
    const laptop = anotherPeer('laptop', token)
    await using runner = await Runner.start(laptop)
    const id = await runner.spawnSession(laptop.project)
    const before = await checks.eventually('its session is active', () =>
      view.sessionWhere(id, (fields, { active }) => active && isAllSaid(fields)),
    )
    await view.revokeDevice(added.id)
    const after = await checks.eventually('taken back, it ends the session at once', () =>
      view.sessionWhere(id, (_, { active }) => !active),
    )
    checks.equals('and the machine', (await view.machine(laptop.machineId))?.active, false)
    checks.equals('nothing of the session is lost', fieldsOf(after), fieldsOf(before))
    checks.equals('a new one is refused', (await laptop.run(['claude'])).code, 1)
  },
}
