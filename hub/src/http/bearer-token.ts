import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { HonoRequest } from 'hono'

export interface Bearer {
  readonly kind: 'bearer'
  /** Undefined where no token of this kind was sent. */
  readonly token: string | undefined
}

/** Names under which programs put a token into an address, where logs and histories keep it. */
const IN_URL = ['token', 'access_token']

const BEARER = /^bearer +(.*)$/i
/** What a runtime makes of two headers of this name: one, with the second value behind a comma. */
const ANOTHER_ONE = /, *[a-z]+ /i

/** The token of a request. It counts only in the Authorization header, and only where there is one of it. */
export function bearerToken(request: HonoRequest): Bearer | Refusal {
  if (IN_URL.some((name) => request.query(name) !== undefined)) {
    return refuse(
      'unauthorized',
      'A token does not belong into an address; send it in the Authorization header.',
    )
  }
  const header = request.header('authorization')
  if (header !== undefined && ANOTHER_ONE.test(header)) {
    return refuse('invalid_request', 'Send one Authorization header, not several.')
  }
  return { kind: 'bearer', token: BEARER.exec(header ?? '')?.[1] }
}
