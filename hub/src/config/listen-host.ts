import { isIP } from 'node:net'
import { printable } from '@holdfast/shared/protocol/printable'
import { hostName } from '../auth/host-name.ts'
import type { Reading } from './reading.ts'

/** The address to listen at. A name but `localhost` is not taken: it could come to mean another address overnight. */
export function listenHost(text: string): Reading<string> {
  const name = isIP(text) === 0 ? null : hostName(text)
  if (text === 'localhost' || name !== null) return { value: text }
  return {
    mistake: `must be localhost or an IP address without brackets, zone and port (0.0.0.0 and :: take every address); it is "${printable(text)}".`,
  }
}
