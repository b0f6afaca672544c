import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'

/** Where the hub is, and the token that opens it. */
export interface ClientSettings {
  readonly url: string
  readonly token: string
}

const USUAL_URL = 'http://127.0.0.1:4006'

/** From the variables; the token of a hub on this machine is found where the hub keeps it. */
export function readClientSettings(source: NodeJS.ProcessEnv): ClientSettings {
  return { url: source['HOLDFAST_URL'] || USUAL_URL, token: tokenOf(source) }
}

export function clientSettingsFromProcess(): ClientSettings {
  return readClientSettings(process.env)
}

function tokenOf(source: NodeJS.ProcessEnv): string {
  const given = source['HOLDFAST_TOKEN']
  if (given) return checked(given, 'HOLDFAST_TOKEN')
  const file = join(source['HOLDFAST_HOME'] || join(homedir(), '.holdfast'), 'token')
  return checked(textOf(file).trim(), file)
}

/** What can not stand in a header is no token, and would only look as if the hub could not be reached. */
function checked(token: string, where: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token
  throw new HoldfastError('settings_invalid', `${where} must hold a token alone, on one line.`)
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    const message = `There is no token: HOLDFAST_TOKEN is not set, and ${file} ${isMissing ? 'is not there' : 'can not be read'}. Set HOLDFAST_TOKEN, or HOLDFAST_HOME to the folder of the hub.`
    throw new HoldfastError('settings_invalid', message, { cause })
  }
}
