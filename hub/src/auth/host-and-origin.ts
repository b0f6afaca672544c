import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import { printable } from '@holdfast/shared/protocol/printable'
import type { Admission, AllowLists } from './admission.ts'
import { hostName } from './host-name.ts'

const THIS_MACHINE = ['localhost', '127.0.0.1', '[::1]']

/** These stand for all addresses of a machine; as the host of a request they mean none of them. */
const EVERY_ADDRESS = ['0.0.0.0', '[::]']

const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::([1-9][0-9]{0,4}))?$/
const MAX_PORT = 65_535

/** The port is not held against a list: behind a forwarded port it is another than the one the hub listens at. */
export function admissionFor({ host, allowedHosts, allowedOrigins }: AllowLists): Admission {
  const own = hostName(host)
  const listensAt = own === null || EVERY_ADDRESS.includes(own) ? [] : [own]
  const hosts = new Set([...THIS_MACHINE, ...listensAt, ...allowedHosts])
  const origins = new Set(allowedOrigins)
  return {
    refusalOf(approach) {
      const asked = splitHost(approach.host ?? '')
      if (asked === null || !hosts.has(asked.name)) return hostRefusal(approach.host)
      const { origin } = approach
      if (origin === undefined || origins.has(origin) || originsAt(asked).includes(origin)) return null
      return originRefusal(origin)
    },
  }
}

interface AskedHost {
  readonly name: string
  readonly port: string
}

/** Null for what is not exactly a host, with or without a port. */
function splitHost(text: string): AskedHost | null {
  if (!/^[\x21-\x7e]+$/.test(text)) return null
  const [, name, port = ''] = HOST.exec(text.toLowerCase()) ?? []
  return name === undefined || Number(port) > MAX_PORT ? null : { name, port }
}

/** The origins of pages that the asked host itself serves, as browsers write them: without the scheme's usual port. */
function originsAt({ name, port }: AskedHost): string[] {
  const at = (scheme: string, usual: string): string =>
    `${scheme}://${name}${port === '' || port === usual ? '' : `:${port}`}`
  return [at('http', '80'), at('https', '443')]
}

function hostRefusal(host: string | undefined): Refusal {
  if (host === undefined || host === '')
    return refuse('host_not_allowed', 'The request says no host. Send the Host header.')
  return refuse(
    'host_not_allowed',
    `This hub does not answer as "${printable(host)}". If it should, add that host, without its port, to HOLDFAST_ALLOWED_HOSTS.`,
  )
}

function originRefusal(origin: string): Refusal {
  if (origin === 'null')
    return refuse(
      'origin_not_allowed',
      'A page without an origin of its own, such as a local file, may not use this hub. Serve it from a host.',
    )
  return refuse(
    'origin_not_allowed',
    `A page from "${printable(origin)}" may not use this hub. If it should, add that origin to HOLDFAST_ALLOWED_ORIGINS.`,
  )
}
