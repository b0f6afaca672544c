import type { Mutant } from '../mutant.ts'

const PAGES = 'hub/src/watch/feed-pages.ts'
const WATCHER = 'hub/src/watch/watcher.ts'
const NAMESPACE = 'hub/src/watch/namespace-watch.ts'
const FACTS = 'hub/src/watch/facts-teller.ts'
const EVENT = 'hub/src/watch/watch-event.ts'
const BEHIND = 'hub/src/feed/behind-members.ts'

const watch = (title: string) => ({ files: ['hub/src/watch/watch'], title })
const slow = (title: string) => ({ files: ['hub/src/socket/slow-readers.test.ts'], title })

const feedMutants: readonly Mutant[] = [
  {
    id: 'watch-page-boundary-off-by-one',
    why: 'the change at the beginning of every page but the first is never told',
    file: WATCHER,
    find: 'this.#after = page.through',
    replace: 'this.#after = page.through + 1',
    caughtBy: watch('[FE1]'),
  },
  {
    id: 'watch-pages-cut-at-the-wrong-place',
    why: 'of a heavy page only the first piece is told',
    file: PAGES,
    find: 'from = each.through',
    replace: 'from = page.through',
    caughtBy: watch('[FE2]'),
  },
  {
    id: 'watch-page-not-bounded',
    why: 'a stalled watcher costs as much as a page of large values has',
    file: PAGES,
    find: 'size > limit ? undefined : pages.at(-1)',
    replace: 'pages.at(-1)',
    caughtBy: watch('[FE2]'),
  },
  {
    id: 'watch-does-not-wait-for-the-ack',
    why: 'a watcher that does not read is sent everything',
    file: WATCHER,
    find: "return this.#told(await line.tell('changes', page.message))",
    replace: "void line.tell('changes', page.message)\n    return true",
    caughtBy: watch('[FE2]'),
  },
  {
    id: 'watch-late-ack-tolerated',
    why: 'a watcher that takes nothing in keeps its connection for ever',
    file: 'hub/src/watch/watch-connection.ts',
    find: 'if (late !== null && this.isOpen) this.cut()',
    replace: '',
    caughtBy: watch('[FE2]'),
  },
  {
    id: 'watch-resync-swallowed',
    why: 'a watcher that is too far behind goes on from the head and knows nothing of the hole',
    file: WATCHER,
    find: "return this.#told(await line.tell('resync', message))",
    replace: 'return true',
    caughtBy: watch('[FE1]'),
  },
  {
    id: 'watch-epoch-not-compared',
    why: 'seqs of a restored database are taken for those of the one before',
    file: EVENT,
    find: 'if (epoch !== undefined && epoch !== ends.epoch)',
    replace: "if (epoch === '')",
    caughtBy: watch('[FE1]'),
  },
  {
    id: 'watch-reads-a-fixed-namespace',
    why: 'a tenant is told of the sessions of another one',
    file: PAGES,
    find: 'await store.readFeed({ namespace, after, epoch',
    replace: "await store.readFeed({ namespace: namespace === '' ? namespace : 'other', after, epoch",
    caughtBy: watch('[SE2]'),
  },
  {
    id: 'watch-tokens-not-masked',
    why: 'everybody who may look may take over conversations',
    file: PAGES,
    find: 'const told = masked.map(',
    replace: 'const told = page.changes.map(',
    caughtBy: watch('[RV10]'),
  },
  {
    id: 'watch-shows-repeated-tokens',
    why: 'a name or a reason that repeats a token tells it to everybody who may look',
    file: 'hub/src/watch/masked-changes.ts',
    find: 'hidden.get(change.session) ?? []',
    replace: '[]',
    caughtBy: watch('a token that is repeated later'),
  },
  {
    id: 'watch-reason-not-looked-at',
    why: 'a reason that repeats a token tells it where nothing else in the change is text',
    file: 'hub/src/watch/masked-changes.ts',
    find: 'return [reason, ...removed',
    replace: 'return [...removed',
    caughtBy: watch('a reason that repeats a token'),
  },
  {
    id: 'watch-second-request-starts-anew',
    why: 'a request that is sent again doubles everything',
    file: EVENT,
    find: 'if (isFirst && connection.isOpen)',
    replace: 'if (connection.isOpen)',
    caughtBy: watch('[WI6]'),
  },
  {
    id: 'watch-wake-lost',
    why: 'what is committed while a page is under way is told with the next commit, or never',
    file: NAMESPACE,
    find: 'for (const { watcher } of this.#members.values()) watcher.wake()',
    replace: '',
    caughtBy: watch('[FE1]'),
  },
  {
    id: 'watch-failing-feed-given-up',
    why: 'a store that was busy once leaves every watcher without news',
    file: WATCHER,
    find: 'if (error instanceof HoldfastError) return retry()',
    replace: 'if (error instanceof HoldfastError) return this.end()',
    caughtBy: watch('[FE1]'),
  },
]

const liveMutants: readonly Mutant[] = [
  {
    id: 'watch-facts-not-waited-for',
    why: 'facts pile up for a watcher that does not read',
    file: FACTS,
    find: 'if (this.#isTelling || this.#owed.size === 0) return',
    replace: 'if (this.#owed.size === 0) return',
    caughtBy: watch('[FE2]'),
  },
  {
    id: 'watch-owed-facts-forgotten',
    why: 'a watcher shows a session as active that ended while it was busy',
    file: FACTS,
    find: 'if (this.#owed.size > 0) turn()',
    replace: '',
    caughtBy: watch('[FE2]'),
  },
  {
    id: 'watch-facts-not-coalesced',
    why: 'every sign of life of every session is a message to every watcher',
    file: NAMESPACE,
    find: 'if (this.#isTurnDue) return',
    replace: '',
    caughtBy: watch('[WI6]'),
  },
  {
    id: 'presence-changes-not-told',
    why: 'a session that is gone is shown as active until somebody reloads',
    file: 'hub/src/live/liveness.ts',
    find: 'if (life.alive.size === 0) this.#end(key, life)\n    if (stateOf(life) !== before) this.#changed(key)',
    replace: 'if (life.alive.size === 0) this.#end(key, life)',
    caughtBy: { files: ['hub/src/live/live-presence.test.ts'], title: '[WI6]' },
  },
]

const slowReaderMutants: readonly Mutant[] = [
  {
    id: 'slow-reader-not-bounded',
    why: 'a client that does not read makes the hub keep all that it is told',
    file: BEHIND,
    find: 'if (unsent <= this.#limits.unsentBytes) return false',
    replace: 'if (unsent >= 0) return false',
    caughtBy: slow('[FE2]'),
  },
  {
    id: 'slow-reader-never-told-the-newest',
    why: 'a client that has read what it could does not know that it missed something',
    file: BEHIND,
    find: 'for (const listener of this.#listeners) listener(room, connection)',
    replace: '{ /* nobody is told */ }',
    caughtBy: slow('[FE2]'),
  },
  {
    id: 'stalled-reader-kept',
    why: 'a connection that is as good as gone is kept for ever',
    file: BEHIND,
    find: 'behind.reach.cut()',
    replace: '',
    caughtBy: slow('[FE2]'),
  },
  {
    id: 'held-packets-not-counted',
    why: 'what the engine holds back for a stalled client has no bound',
    file: 'hub/src/listen/unsent-bytes.ts',
    find: 'counted.bytes += sizeOf(packet)',
    replace: 'counted.bytes += 0 * sizeOf(packet)',
    caughtBy: slow('[FE2]'),
  },
]

const OUTLOOKS = 'hub/src/watch/watched-outlooks.test.ts'
const outlook = (title: string) => ({ files: [OUTLOOKS], title })
const judged = (title: string) => ({ files: ['hub/src/store/sqlite/contract.test.ts'], title })

const outlookMutants: readonly Mutant[] = [
  {
    id: 'watch-evidence-with-a-whole-token',
    why: 'everybody who may look learns the token of every session that is looked at',
    file: 'hub/src/watch/watched-outlook.ts',
    find: 'value: maskedToken(value)',
    replace: 'value',
    caughtBy: outlook('[WI6]'),
  },
  {
    id: 'watch-not-told-of-verdicts',
    why: 'a page offers to resume what was found to be gone',
    file: 'hub/src/watch/watching.ts',
    find: 'for (const one of judged) this.#namespaces.get(one.namespace)?.judged(one)',
    replace: 'void judged',
    caughtBy: outlook('[WI6] the transcript is gone'),
  },
  {
    id: 'watch-verdicts-cross-tenants',
    why: 'a tenant sees the sessions of another one, and the beginnings of their tokens',
    file: 'hub/src/watch/watching.ts',
    find: 'this.#namespaces.get(one.namespace)?.judged(one)',
    replace: 'for (const watch of this.#namespaces.values()) watch.judged(one)',
    caughtBy: outlook('[SE2]'),
  },
  {
    id: 'watch-told-old-evidence',
    why: 'a page that is slow goes on showing what was seen first',
    file: FACTS,
    find: 'this.#outlooks.set(session, outlook)',
    replace: 'this.#outlooks.set(session, this.#outlooks.get(session) ?? outlook)',
    caughtBy: outlook('[FE2]'),
  },
  {
    id: 'judged-own-session-not-told',
    why: 'nobody who watches learns of a look, a proof or a run that ended',
    file: 'hub/src/store/sqlite/verdict-column.ts',
    find: 'core.judged.note(String(session.key), judgeAnew(core, session).judged)',
    replace: 'judgeAnew(core, session)',
    caughtBy: judged('[WI6] whatever happens'),
  },
  {
    id: 'judged-sharers-not-told',
    why: 'a page shows as resumable what a run in another session holds',
    file: 'hub/src/store/sqlite/verdict-column.ts',
    find: 'if (isChanged) core.judged.note(String(known.key), judged)',
    replace: 'void [judged, isChanged]',
    caughtBy: judged('[WI6] whatever happens'),
  },
  {
    id: 'judged-told-although-rolled-back',
    why: 'watchers are told of evidence that was never stored',
    file: 'hub/src/store/sqlite/core.ts',
    find: 'this.judged.forget()',
    replace: '',
    caughtBy: { files: ['hub/src/store/sqlite/after-commit.test.ts'], title: '[VE9]' },
  },
  {
    id: 'contention-told-although-rolled-back',
    why: 'runs that never met are shown in contention',
    file: 'hub/src/store/sqlite/core.ts',
    find: 'this.contended.forget()',
    replace: '',
    caughtBy: { files: ['hub/src/store/sqlite/after-commit.test.ts'], title: '[ME13]' },
  },
  {
    id: 'judged-told-before-the-answers',
    why: 'what is told of a run is overtaken by an older answer that is heard after it',
    file: 'hub/src/store/sqlite/after-commit.ts',
    find: 'setImmediate(() => listener(news))',
    replace: 'listener(news)',
    caughtBy: judged('[WI6] [VE6]'),
  },
]

export const watchMutants: readonly Mutant[] = [
  ...feedMutants,
  ...liveMutants,
  ...slowReaderMutants,
  ...outlookMutants,
]
