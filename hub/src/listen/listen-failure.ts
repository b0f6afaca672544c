import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'

const WHY: { readonly [code: string]: string } = {
  EADDRINUSE: 'another program uses it already. End that program, or set HOLDFAST_PORT to another port',
  EACCES: 'this user may not use it. Set HOLDFAST_PORT to a port of 1024 or above',
  EADDRNOTAVAIL: 'this machine has no such address. Set HOLDFAST_HOST to one of its own',
  ENOTFOUND: 'there is no such host. Set HOLDFAST_HOST to an address of this machine',
}

/** Why the hub can not listen, in a sentence that says what to do. */
export function listenFailure(error: unknown, at: { host: string; port: number }): HoldfastError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const why = WHY[code] ?? `the system said ${code === '' ? 'no' : code}`
  return new HoldfastError(
    'settings_invalid',
    `The hub can not listen on ${at.host} port ${at.port}: ${why}.`,
    {
      cause: error,
    },
  )
}
