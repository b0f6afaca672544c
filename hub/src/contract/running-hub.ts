import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../config/read-config.ts'
import { startHub, type Hub } from '../hub.ts'
import type { Log } from '../log/log.ts'

export const ROOT_TOKEN = 'the-root-token-of-the-tests'

const SILENT: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

export interface RunningHub extends AsyncDisposable {
  readonly hub: Hub
  readonly url: string
  readonly token: string
  readonly home: string
}

/** A whole hub in this process, on a port of its own, with a database file in a folder of its own. */
export async function runHub(
  more: {
    log?: Log
    home?: string
    now?: () => number
    elapsed?: () => number
    settings?: Readonly<Record<string, string>>
  } = {},
): Promise<RunningHub> {
  const home = more.home ?? mkdtempSync(join(tmpdir(), 'holdfast-hub-'))
  const usual = { HOLDFAST_HOME: home, HOLDFAST_PORT: '0', HOLDFAST_TOKEN: ROOT_TOKEN }
  const settings = readConfig({ ...usual, ...more.settings })
  const { now = Date.now, elapsed = () => performance.now(), log = SILENT } = more
  const hub = await startHub(settings, { now, elapsed, log })
  return {
    hub,
    home,
    url: hub.url,
    token: ROOT_TOKEN,
    async [Symbol.asyncDispose]() {
      await hub[Symbol.asyncDispose]()
      if (more.home === undefined) rmSync(home, { recursive: true, force: true })
    },
  }
}
