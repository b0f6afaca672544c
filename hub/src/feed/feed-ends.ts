import { assert } from '@holdfast/shared/errors/assert'
import type { FeedSource } from './feed-source.ts'

export interface FeedEnds {
  readonly epoch: string
  /** The last seq that is pruned. */
  readonly floor: number
  /** The newest seq. */
  readonly head: number
}

/** Where a namespace's feed begins and ends; nothing is read for it. */
export async function feedEnds(store: Pick<FeedSource, 'readFeed'>, namespace: string): Promise<FeedEnds> {
  const page = await store.readFeed({ namespace, after: Number.MAX_SAFE_INTEGER, limit: 1 })
  assert(page.kind === 'too_far_behind', 'no feed is that long')
  const { epoch, floor, head } = page
  return { epoch, floor, head }
}
