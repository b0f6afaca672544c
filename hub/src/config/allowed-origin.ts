import { printable } from '@holdfast/shared/protocol/printable'
import { hostName } from '../auth/host-name.ts'
import type { Reading } from './reading.ts'

const ORIGIN = /^(https?):\/\/(\[[^\]]*\]|[^:/[\]]*)(?::([1-9][0-9]{0,4}))?\/?$/i
const USUAL_PORT: { readonly [scheme: string]: number } = { http: 80, https: 443 }
const MAX_PORT = 65_535

/** One origin whose pages may use the hub, as browsers write it: in lower case and without the scheme's usual port. */
export function allowedOrigin(text: string): Reading<string> {
  if (text.includes('*'))
    return { mistake: 'must name every origin: with * every page in a browser could use the hub.' }
  if (text === 'null')
    return { mistake: 'can not have null, which any page can make its origin; serve the page from a host.' }
  if (text.includes('@')) return { mistake: 'must be origins without a user and a password.' }
  const [, scheme = '', host = '', port = ''] = ORIGIN.exec(text) ?? []
  const name = hostName(host)
  if (name !== null && Number(port) <= MAX_PORT)
    return { value: originOf(scheme.toLowerCase(), name, Number(port)) }
  return {
    mistake: `must be origins with commas between them, each with scheme and host, a port where it has one, and no path, such as https://hub.example.org:8443; "${printable(text)}" is none.`,
  }
}

function originOf(scheme: string, name: string, port: number): string {
  const shown = port === 0 || port === USUAL_PORT[scheme] ? '' : `:${port}`
  return `${scheme}://${name}${shown}`
}
