import type { Store } from '../../store/store.ts'
import type { FeedSource } from '../feed-source.ts'

/** The store as it is, but for what is named. */
export function sourceOf(store: Store, changed: Partial<FeedSource>): FeedSource {
  return {
    epoch: store.epoch,
    namespaces: () => store.namespaces(),
    readFeed: (request) => store.readFeed(request),
    readSession: (key) => store.readSession(key),
    onCommit: (listener) => store.onCommit(listener),
    ...changed,
  }
}
