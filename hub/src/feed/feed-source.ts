import type { Store } from '../store/store.ts'

/** What of the store is enough to tell what was committed. */
export type FeedSource = Pick<Store, 'epoch' | 'namespaces' | 'readFeed' | 'readSession' | 'onCommit'>
