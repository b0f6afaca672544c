const MAPPED = '::ffff:'

/** One spelling for one peer: a socket that takes both families shows an IPv4 peer as a mapped IPv6 address. */
export function peerAddress(address: string | undefined | null): string {
  if (address === undefined || address === null || address === '') return 'unknown'
  return address.startsWith(MAPPED) ? address.slice(MAPPED.length) : address
}
