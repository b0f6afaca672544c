import type { Topic } from './args.ts'

export const VERSION = '0.1.0'

const ALL = `holdfast ${VERSION}: keeps every coding agent's resume token

  holdfast hub                           runs the hub in this terminal
  holdfast backup FILE [--json]          copies everything that a running hub keeps into a file
  holdfast restore FILE [--json]         puts a backup in the place of a stopped hub's database
  holdfast device add NAME [--role ROLE] gives a device a token of its own
  holdfast device list | revoke ID       shows the devices, takes a token back
  holdfast agents [--json]               the agents that are known, and where each one's resume token is kept
  holdfast COMMAND --help                more about one of these
  holdfast --version

Settings: HOLDFAST_URL (http://127.0.0.1:4006) and HOLDFAST_TOKEN (else what is in $HOLDFAST_HOME/token).
Example: holdfast backup /var/backups/holdfast.db
`

const TOPIC_TEXTS: { readonly [topic in Topic]: string } = {
  agents: `holdfast agents [--json]

Lists the agents that are known, and where each one's resume token is kept.

Example: holdfast agents --json
`,
  hub: `holdfast hub

Runs the hub in this terminal until Ctrl-C. Its settings are environment variables (HOLDFAST_HOME, HOLDFAST_PORT, ...);
docs/OPERATIONS.md lists them.

Example: HOLDFAST_PORT=4007 holdfast hub
`,
  backup: `holdfast backup FILE [--json]

Has the running hub write a copy of everything to FILE on its machine, while it goes on serving. FILE must not be there
yet. It holds resume tokens: only its owner can read it. The hub's own token is needed, a device's is not enough.

Example: holdfast backup "/var/backups/holdfast-$(date +%F).db"
`,
  restore: `holdfast restore FILE [--json]

Puts the backup FILE in the place of the database of HOLDFAST_HOME (or HOLDFAST_DATABASE_URL). The hub must be stopped.
What was there before is set aside, not deleted. Every version moves up by 1,000,000 and there is a new epoch, so that
nothing from before can be taken for something after. Devices that were revoked since the backup are named: their tokens
work again until you revoke them again.

Example: holdfast restore /var/backups/holdfast-2026-01-31.db
`,
  device: `holdfast device add NAME [--role viewer|agent|admin] [--json]
holdfast device list [--json]
holdfast device revoke ID [--json]

Gives a device a token of its own, bound to your namespace and one role: a viewer reads, an agent also writes (the usual
one), an admin also manages devices. The token is shown once. Revoking ends it and its connections at once.

Example: holdfast device add laptop --role agent
`,
}

export function helpText(topic: Topic | undefined): string {
  return topic === undefined ? ALL : TOPIC_TEXTS[topic]
}
