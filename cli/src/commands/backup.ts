import { isAbsolute, resolve } from 'node:path'
import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import type { HubHttp } from '@holdfast/shared/client/http/hub-http'
import { bytesText } from '../bytes-text.ts'
import { showProgress, type Terminal } from './backup-progress.ts'

export interface BackupCommand {
  readonly file: string
  readonly json: boolean
}

export interface BackupFrom {
  readonly hub: Pick<HubHttp, 'makeBackup'>
  readonly url: string
  /** The folder that a path which is not absolute starts from. */
  readonly folder: string
  readonly terminal: Terminal
}

/** Has the hub make a backup, and gives what to print. */
export async function backUp({ file, json }: BackupCommand, from: BackupFrom): Promise<string> {
  const target = targetOf(file, from)
  const stop = showProgress(`${target}.part`, from.terminal)
  try {
    const made = await from.hub.makeBackup(target)
    if (json) return `${JSON.stringify(made)}\n`
    return `Backed up to ${made.file} (${bytesText(made.bytes)}, epoch ${made.epoch}).\n`
  } finally {
    stop()
  }
}

/** The path is one of the hub's machine; only where that is this one the folder we are in means something. */
function targetOf(file: string, { url, folder }: BackupFrom): string {
  if (isAbsolute(file) || isHere(url)) return resolve(folder, file)
  const message = 'The hub is on another machine, and the file is written there: give an absolute path.'
  throw new HoldfastError('usage', message)
}

function isHere(url: string): boolean {
  return URL.canParse(url) && ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname)
}
