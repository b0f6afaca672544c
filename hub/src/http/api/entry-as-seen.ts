import type { Json } from '@holdfast/shared/metadata/json'
import type { JournalEntry } from '@holdfast/shared/records/journal'
import { mayDo, type Caller } from '../../auth/caller.ts'
import type { FeedChange } from '../../store/store.ts'
import { TokenMask, tokensIn } from '../masked-tokens.ts'

/** An entry of the journal, as the caller may see it; `hidden` are the tokens that its session ever had. */
export function entryAsSeen(caller: Caller, entry: JournalEntry, hidden: readonly string[]): JournalEntry {
  if (mayDo(caller, 'agent')) return entry
  const { changes, reason } = entry
  const values = Object.entries(changes).flatMap(([name, { before = null, after = null }]): Json[] => [
    { [name]: before },
    { [name]: after },
  ])
  const mask = new TokenMask([...hidden, ...values.flatMap(tokensIn)])
  return {
    ...entry,
    reason: reason === null ? null : mask.text(reason),
    changes: mask.members(changes as { [name: string]: Json }) as JournalEntry['changes'],
  }
}

/** The same of a change in the feed. */
export function changeAsSeen(caller: Caller, change: FeedChange, hidden: readonly string[]): FeedChange {
  if (mayDo(caller, 'agent')) return change
  const { set, removed, unavailable, reason } = change
  const mask = new TokenMask([...hidden, ...tokensIn({ ...set })])
  const texts = (list: readonly string[]): string[] => list.map((text) => mask.text(text))
  return {
    ...change,
    reason: reason === null ? null : mask.text(reason),
    set: mask.members(set),
    removed: texts(removed),
    unavailable: texts(unavailable),
  }
}
