import type { FeedSource } from './feed-source.ts'

/** The newest seq of a namespace; nothing is read for it. */
export async function headOf(store: FeedSource, namespace: string): Promise<number> {
  const { head } = await store.readFeed({ namespace, after: Number.MAX_SAFE_INTEGER, limit: 1 })
  return head
}
