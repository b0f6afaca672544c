import type { Caller } from '../auth/caller.ts'
import { changeAsSeen } from '../http/api/entry-as-seen.ts'
import { tokensToHide } from '../http/api/session-tokens.ts'
import { mayHoldToken } from '../http/masked-tokens.ts'
import type { FeedChange, Store } from '../store/store.ts'

/** Changes as everybody may see them, whatever his role: of each resume token its first characters. */
export async function maskedChanges(
  store: Pick<Store, 'tokenHistory'>,
  namespace: string,
  changes: readonly FeedChange[],
): Promise<FeedChange[]> {
  const anybody: Caller = { namespace, role: 'viewer', device: null }
  const hidden = new Map<string, readonly string[]>()
  for (const session of new Set(changes.filter(holdsText).map((change) => change.session)))
    hidden.set(session, await tokensToHide(store, anybody, { namespace, session }))
  return changes.map((change) => changeAsSeen(anybody, change, hidden.get(change.session) ?? []))
}

function holdsText({ set, removed, unavailable, reason }: FeedChange): boolean {
  return [reason, ...removed, ...unavailable, { ...set }].some(mayHoldToken)
}
