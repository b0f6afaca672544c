import { parseArgs } from './args.ts'
import { agentsText } from './commands/agents.ts'

const EXIT_USAGE = 2
const VERSION = '0.1.0'

const HELP = `holdfast ${VERSION}: keeps every coding agent's resume token

  holdfast agents [--json]   the agents that are known, and where each one's resume token is kept
  holdfast --version

Example: holdfast agents --json
`

const command = parseArgs(process.argv.slice(2))
switch (command.kind) {
  case 'help':
    process.stdout.write(HELP)
    break
  case 'version':
    process.stdout.write(`${VERSION}\n`)
    break
  case 'agents':
    process.stdout.write(agentsText(command.json))
    break
  case 'usage':
    process.stderr.write(`holdfast: ${command.error} See holdfast --help.\n`)
    process.exitCode = EXIT_USAGE
}
