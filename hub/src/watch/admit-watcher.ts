import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { Caller } from '../auth/caller.ts'
import type { Gate } from '../auth/gate.ts'
import type { LoginCookies } from '../auth/login-cookies.ts'
import { tokenOf, type Knock } from '../socket/admit.ts'

/** Somebody who may watch: whoever is known, whatever his role. */
export interface WatchGuest {
  readonly caller: Caller
}

export interface WatchGates {
  readonly gate: Gate
  readonly logins: Pick<LoginCookies, 'callerIn'>
}

/** Whose connection it is: of the handshake only the token counts, and where there is none, the login of a browser. */
export async function admitWatcher(
  { gate, logins }: WatchGates,
  { auth, address, cookie }: Knock,
): Promise<WatchGuest | Refusal> {
  const token = tokenOf(auth)
  const loggedIn = token === undefined ? await logins.callerIn(cookie) : null
  if (loggedIn !== null) return { caller: loggedIn }
  const caller = await gate.authenticate({ token, address })
  return 'kind' in caller ? caller : { caller }
}
