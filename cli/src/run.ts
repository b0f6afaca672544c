import { HubHttp } from '@holdfast/shared/client/http/hub-http'
import { realOutside } from '@holdfast/shared/client/real-outside'
import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import type { Command } from './args.ts'
import { agentsText } from './commands/agents.ts'
import { backUp } from './commands/backup.ts'
import { device } from './commands/device.ts'
import { runHubProgram } from './commands/hub-program.ts'
import { clientSettingsFromProcess } from './config/client-settings.ts'
import { helpText, VERSION } from './help.ts'

/** Carries a command out, and gives the exit code; what goes wrong is thrown. */
export async function run(command: Command): Promise<number> {
  switch (command.kind) {
    case 'help':
      return print(helpText(command.topic))
    case 'version':
      return print(`${VERSION}\n`)
    case 'agents':
      return print(agentsText(command.json))
    case 'hub':
      return runHubProgram([])
    case 'restore':
      return runHubProgram(['restore', command.file, ...(command.json ? ['--json'] : [])])
    case 'backup': {
      const { hub, url } = openHub()
      return print(await backUp(command, { hub, url, folder: process.cwd(), terminal: process.stderr }))
    }
    case 'device-add':
    case 'device-list':
    case 'device-revoke':
      return print(await device(command, openHub().hub))
    case 'usage':
      throw new HoldfastError('usage', `${command.error} See holdfast --help.`)
  }
}

function openHub(): { readonly hub: HubHttp; readonly url: string } {
  const { url, token } = clientSettingsFromProcess()
  return { url, hub: new HubHttp({ url, token, outside: realOutside, fetch: (to, init) => fetch(to, init) }) }
}

function print(text: string): number {
  process.stdout.write(text)
  return 0
}
