import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { Caller } from '../auth/caller.ts'
import type { Gate } from '../auth/gate.ts'
import { tokenOf, type Knock } from '../socket/admit.ts'

/** Somebody who may watch: whoever has a token that is known, whatever his role. */
export interface WatchGuest {
  readonly caller: Caller
}

/** Whose connection it is. Of the handshake only the token counts. */
export async function admitWatcher(gate: Gate, { auth, address }: Knock): Promise<WatchGuest | Refusal> {
  const caller = await gate.authenticate({ token: tokenOf(auth), address })
  return 'kind' in caller ? caller : { caller }
}
