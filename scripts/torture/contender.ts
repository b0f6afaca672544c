// One of many hubs that start at once on one file: it serves until it is killed, or says why not.
import { existsSync, writeSync } from 'node:fs'
import { openSqliteStore } from '@holdfast/hub/store/sqlite/sqlite-store'
import { codeOf } from './perform.ts'
import { boundLife, DECIDED, LOCKED_OUT, READY, say } from './say.ts'

export interface ContenderSettings {
  readonly database: string
  /** It starts when this file is there; at once where it is null. */
  readonly go: string | null
}

async function appearance(file: string): Promise<void> {
  while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 2))
}

async function main({ database, go }: ContenderSettings): Promise<void> {
  boundLife(40_000)
  writeSync(2, `${READY}\n`)
  if (go !== null) await appearance(go)
  try {
    const store = await openSqliteStore(database)
    await store.createOrLoadSession({
      namespace: 'torture',
      tag: `contender-${process.pid}`,
      metadata: { path: '/home/dev', host: 'host' },
      actor: { door: 'hub' },
    })
    say({ e: 'open', library: store.library })
    writeSync(2, `${DECIDED}\n`)
    // It serves until it is killed.
    setInterval(() => undefined, 60_000)
  } catch (error) {
    say({ e: 'shut', code: codeOf(error), message: error instanceof Error ? error.message : '' })
    writeSync(2, `${DECIDED}\n`)
    process.exitCode = LOCKED_OUT
  }
}

await main(JSON.parse(process.argv[2] ?? '{}') as ContenderSettings)
