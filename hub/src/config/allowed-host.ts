import { printable } from '@holdfast/shared/protocol/printable'
import { hostName } from '../auth/host-name.ts'
import type { Reading } from './reading.ts'

/** One name under which the hub may be asked. */
export function allowedHost(text: string): Reading<string> {
  if (text.includes('*'))
    return { mistake: 'must name every host: with * any page could reach the hub through a name of its own.' }
  const value = hostName(text)
  if (value !== null) return { value }
  return {
    mistake: `must be host names with commas between them, each without scheme, port, path and trailing dot, such as hub.example.org; "${printable(text)}" is none.`,
  }
}
