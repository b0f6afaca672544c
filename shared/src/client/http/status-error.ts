import type { ErrorCode } from '../../errors/codes.ts'
import { HoldfastError } from '../../errors/holdfast-error.ts'

const MEANING: ReadonlyMap<number, ErrorCode> = new Map([
  [401, 'unauthorized'],
  [403, 'access_denied'],
  [413, 'too_large'],
  [429, 'rate_limited'],
])

/** What a status says where no hub speaks: something before it, or another program at that address. */
export function statusError(status: number): HoldfastError {
  const code = MEANING.get(status) ?? (status >= 500 ? 'hub_unreachable' : 'not_found')
  return new HoldfastError(code, `The answer has the status ${status} and is not a hub's.`)
}
