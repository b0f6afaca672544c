import { hostName } from '../auth/host-name.ts'

/** 127.0.0.0/8 as it is written, and as an IPv6 address that means it. */
const IPV4_LOOPBACK = /^(?:127\.|\[::ffff:7f[0-9a-f]{2}:)/

/** True where only programs of this machine can reach what listens there. */
export function isLoopback(host: string): boolean {
  const name = hostName(host) ?? ''
  return name === 'localhost' || name === '[::1]' || IPV4_LOOPBACK.test(name)
}
