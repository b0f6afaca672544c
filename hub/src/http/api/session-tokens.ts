import { agentOf } from '@holdfast/shared/agents/registry'
import type { TokenRecord } from '@holdfast/shared/records/token'
import { mayDo, type Caller } from '../../auth/caller.ts'
import type { HadToken, SessionKey, Store } from '../../store/store.ts'
import { holdsToken, maskedToken } from '../masked-tokens.ts'

const PAGE = 1000

/** Every resume token that a session ever had, for whom they have to be hidden from; nothing for who may see them. */
export async function tokensToHide(
  store: Pick<Store, 'tokenHistory'>,
  caller: Caller,
  session: SessionKey,
): Promise<string[]> {
  if (mayDo(caller, 'agent')) return []
  const found: string[] = []
  let cursor: string | undefined
  for (;;) {
    const page = await store.tokenHistory({ ...session, limit: PAGE, cursor })
    found.push(...(page?.items ?? []).flatMap(tokenTexts))
    if (page === null || page.nextCursor === null) return found
    cursor = page.nextCursor
  }
}

/** A token of the history, as the caller may see it. */
export function tokenAsSeenBy(caller: Caller, token: TokenRecord): TokenRecord {
  if (mayDo(caller, 'agent')) return token
  const { value, paired } = token
  const isHidden = paired !== null && isPairedToken(token)
  return { ...token, value: maskedToken(value), paired: isHidden ? maskedToken(paired) : paired }
}

/** The texts of a token of the history that are to be hidden. */
export function tokenTexts(token: HadToken): string[] {
  const { value, paired } = token
  return paired !== null && isPairedToken(token) ? [value, paired] : [value]
}

function isPairedToken({ flavor }: HadToken): boolean {
  return holdsToken(agentOf(flavor)?.pairedField ?? '')
}
