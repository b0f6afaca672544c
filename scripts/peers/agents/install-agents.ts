import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The names under which agents are looked for, and which program stands in for each. */
const PROGRAMS: { readonly [command: string]: string } = {
  claude: 'claude',
  opencode: 'acp-agent',
  agent: 'acp-agent',
  kimi: 'acp-agent',
  copilot: 'acp-agent',
  grok: 'acp-agent',
}

/** Fills a folder for the PATH with the stand-ins. */
export function installAgents(folder: string): void {
  mkdirSync(folder, { recursive: true })
  for (const [command, program] of Object.entries(PROGRAMS)) {
    const file = join(import.meta.dirname, `${program}.js`)
    const name = program === 'acp-agent' ? ` ${command}` : ''
    const script = `#!/bin/sh\nexec '${process.execPath}' '${file}'${name} "$@"\n`
    writeFileSync(join(folder, command), script, { mode: 0o755 })
  }
}
