import { ROOT_TOKEN } from '../hub-process.ts'
import { HubView } from '../hub-view.ts'
import { Runner } from '../runner.ts'
import type { Scenario } from '../scenario.ts'

export const strangers: Scenario = {
  name: 'strangers',
  shows: 'a wrong token is refused in words that the client understands; another namespace is another world',
  async run({ peer, hub, view, anotherPeer }, checks) {
    const wrong = { CLI_API_TOKEN: 'not-the-token-of-this-hub' }
    const session = await peer.run(['claude'], wrong)
    checks.equals('a session with a wrong token ends', session.code, 1)
    checks.holds(
      'and says that it is the token',
      session.output.includes('Authentication error'),
      session.output,
    )
    const refused = await peer.run(['runner', 'start-sync'], wrong)
    checks.equals('so does a runner', refused.code, 1)

    const team = anotherPeer('team', `${ROOT_TOKEN}:team`)
    await using runner = await Runner.start(team)
    const id = await runner.spawnSession(team.project)
    const teamView = new HubView(hub, `${ROOT_TOKEN}:team`)
    await checks.eventually('in its namespace a session is active', () =>
      teamView.sessionWhere(id, (_, { active }) => active),
    )
    checks.equals('in another one it is not there', await view.session(id), undefined)
    checks.equals('nor is its machine', await view.machine(team.machineId), undefined)
  },
}
