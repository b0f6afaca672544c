import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import type { Fields } from '../hub-view.ts'
import { Runner } from '../runner.ts'
import type { Scenario } from '../scenario.ts'

const LONG_ENOUGH_MS = 3000

export const runner: Scenario = {
  name: 'runner',
  shows: 'a runner registers its machine, stays, and leaves in order',
  async run({ peer, view }, checks) {
    await using started = await Runner.start(peer)
    const active = () =>
      view.machine(peer.machineId).then((machine) => (machine?.active ? machine : undefined))
    const machine = await checks.eventually('the machine is registered and active', active)
    checks.equals('its metadata names the computer', (machine.metadata as Fields)['host'], hostname())
    const state = await checks.eventually('its runner says that it is running', async () => {
      const seen = (await view.machine(peer.machineId))?.runnerState as Fields | undefined
      return seen?.['status'] === 'running' ? seen : undefined
    })
    checks.equals('its state holds the control port', state['httpPort'], started.port)
    await pause(LONG_ENOUGH_MS)
    checks.holds('the runner stays', started.process.runs, started.process.output)
    checks.holds('the machine stays active', (await active()) !== undefined)

    await started.stop()
    checks.equals('it ends without an error when it is told to', (await started.process.ended).code, 0)
    await checks.eventually('then the machine is not active, and its state says why', async () => {
      const seen = await view.machine(peer.machineId)
      const status = (seen?.runnerState as Fields | undefined)?.['status']
      return seen?.active === false && status === 'shutting-down' ? true : undefined
    })
  },
}
