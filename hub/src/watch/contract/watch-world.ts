import { must } from '@holdfast/shared/errors/assert'
import type { Caller } from '../../auth/caller.ts'
import { AsyncScope } from '@holdfast/shared/scope/async-scope'
import {
  openSocketWorld,
  ROOT_TOKEN,
  type SocketWorld,
  type WorldOptions,
} from '../../socket/contract/socket-world.ts'
import { asSeenBy } from '../../http/as-seen-by.ts'
import { tokensToHide } from '../../http/api/session-tokens.ts'
import type { Store } from '../../store/store.ts'
import { WatchClient, type Folded, type WatchClientOptions } from './watch-client.ts'

const VIEWER: Caller = { namespace: 'default', role: 'viewer', device: null }

export interface WatchWorld extends AsyncDisposable {
  readonly world: SocketWorld
  /** A watcher that has not connected yet; with the root token where nothing else is said. */
  watcher(options?: Partial<WatchClientOptions>): WatchClient
}

export async function openWatchWorld(options: WorldOptions = {}): Promise<WatchWorld> {
  const scope = new AsyncScope()
  const world = scope.use(await openSocketWorld(options))
  return {
    world,
    watcher: (more = {}) => {
      const snapshot = (session?: string) => snapshotOf(world.store, session)
      const client = new WatchClient({ url: world.url, token: ROOT_TOKEN, snapshot, ...more })
      scope.defer(async () => client[Symbol.dispose]())
      return client
    },
    [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose](),
  }
}

/** The sessions of the default namespace as a watcher may know them; only the one that is named, where one is. */
export async function snapshotOf(store: Store, session?: string): Promise<Map<string, Folded>> {
  const ids = session === undefined ? await everyId(store) : [session]
  const folded = new Map<string, Folded>()
  for (const id of ids) {
    const key = { namespace: 'default', session: id }
    const record = must(await store.readSession(key), 'no session is ever gone')
    const hidden = await tokensToHide(store, VIEWER, key)
    const { metadata, metadataVersion } = asSeenBy(VIEWER, record, hidden)
    folded.set(id, { version: metadataVersion, metadata })
  }
  return folded
}

async function everyId(store: Store): Promise<string[]> {
  const ids: string[] = []
  let cursor: string | undefined
  do {
    const page = await store.listSessions({ namespace: 'default', limit: 100, cursor })
    ids.push(...page.items.map(({ id }) => id))
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return ids
}
