import type { Mutant } from '../mutant.ts'

const LIVENESS = 'hub/src/live/liveness.ts'
const PRESENCE = 'hub/src/live/live-presence.ts'
const REGISTRY = 'hub/src/live/live-rpc-registry.ts'
const ROOMS = 'hub/src/feed/rooms.ts'
const SOCKET_ROOMS = 'hub/src/feed/socket-rooms.ts'
const EVENTS = 'hub/src/feed/feed-session-events.ts'
const FOLLOWER = 'hub/src/feed/namespace-follower.ts'
const TELLER = 'hub/src/feed/session-teller.ts'

const presence = (title: string) => ({ files: ['hub/src/live/live-presence.test.ts'], title })
const rpc = (title: string) => ({ files: ['hub/src/live/live-rpc-registry.test.ts'], title })
const feed = (title: string) => ({ files: ['hub/src/feed/'], title })

const presenceMutants: readonly Mutant[] = [
  {
    id: 'presence-counts-a-gone-connection',
    why: 'a session whose client is gone is shown as active for ever',
    file: LIVENESS,
    find: 'for (const key of said.keys()) this.#leave(key, connection)',
    replace: '',
    caughtBy: presence('[CO12]'),
  },
  {
    id: 'presence-believes-a-late-word',
    why: 'an alive that waited for a look-up makes a session active whose client is gone',
    file: PRESENCE,
    find: 'if (this.#gone.has(connection)) return\n    this.#sessions.alive(',
    replace: 'this.#sessions.alive(',
    caughtBy: presence('[CO12]'),
  },
  {
    id: 'presence-alive-after-the-end',
    why: 'a session that ended is active again by a word that was under way',
    file: LIVENESS,
    find: 'if (said.get(key) === false) return',
    replace: '',
    caughtBy: presence('[CO12]'),
  },
  {
    id: 'presence-first-to-leave-ends-it',
    why: 'a reconnect makes a session inactive when the old connection ends',
    file: LIVENESS,
    find: 'if (life.alive.size === 0) this.#end(key, life)',
    replace: 'this.#end(key, life)',
    caughtBy: presence('[CO12]'),
  },
  {
    id: 'presence-across-namespaces',
    why: "a session is shown as active because another tenant's one of the same id is",
    file: PRESENCE,
    find: 'JSON.stringify([namespace, session])',
    replace: 'JSON.stringify([session])',
    caughtBy: presence('[SE2]'),
  },
  {
    id: 'presence-forgets-what-is-alive',
    why: 'what came back goes on being counted as past, and is forgotten while it is alive',
    file: LIVENESS,
    find: 'this.#past.delete(key)\n    this.#active',
    replace: 'this.#active',
    caughtBy: presence('[RU1]'),
  },
]

const rpcMutants: readonly Mutant[] = [
  {
    id: 'rpc-unregister-by-a-stranger',
    why: "any client can make another's methods unreachable",
    file: REGISTRY,
    find: 'if (this.#registrars.get(connection)?.names.delete(key) === true) this.#withdraw(key, connection)',
    replace: 'if (connection !== "") this.#holders.delete(key)',
    caughtBy: rpc('[SE5]'),
  },
  {
    id: 'rpc-old-connection-takes-the-new-along',
    why: 'after a reconnect a client can not be called once its old connection has ended',
    file: REGISTRY,
    find: 'if (left.length === 0) this.#holders.delete(key)',
    replace: 'if (left.length >= 0) this.#holders.delete(key)',
    caughtBy: rpc('[CO6]'),
  },
  {
    id: 'rpc-across-namespaces',
    why: "a call reaches another tenant's client",
    file: REGISTRY,
    find: 'return JSON.stringify([namespace, method])',
    replace: 'return JSON.stringify([namespace.length > 0, method])',
    caughtBy: rpc('[SE2]'),
  },
  {
    id: 'rpc-late-registration',
    why: 'calls go to a connection that is gone, and wait for it in vain',
    file: REGISTRY,
    find: 'if (this.#gone.has(holder.id)) return null',
    replace: '',
    caughtBy: rpc('[CO6] what is registered in the name'),
  },
  {
    id: 'rpc-oldest-registration-counts',
    why: 'a client that reconnected is called over its old connection',
    file: REGISTRY,
    find: '?.at(-1)',
    replace: '?.at(0)',
    caughtBy: rpc('[CO6]'),
  },
]

const feedMutants: readonly Mutant[] = [
  {
    id: 'feed-drops-one-in-a-hundred',
    why: 'a listener is not told of a change',
    file: FOLLOWER,
    find: 'if (change.unavailable.length > 0) return',
    replace: 'if (change.unavailable.length > 0 || change.seq % 100 === 0) return',
    caughtBy: feed('[VE9] a burst'),
  },
  {
    id: 'feed-tells-what-it-does-not-have',
    why: 'a change without its large value is told, and applied as if that were all',
    file: FOLLOWER,
    find: 'if (change.unavailable.length > 0) return',
    replace: '',
    caughtBy: feed('[VE9]'),
  },
  {
    id: 'feed-tells-the-maker',
    why: 'whoever wrote gets its own change back',
    file: FOLLOWER,
    find: 'this.#makers.set(name, connection)',
    replace: '',
    caughtBy: feed('[CO4]'),
  },
  {
    id: 'feed-looks-before-the-makers-are-known',
    why: 'whoever wrote gets its own change back',
    file: FOLLOWER,
    find: 'await nextTurn()',
    replace: 'await Promise.resolve(nextTurn)',
    caughtBy: feed('[CO4]'),
  },
  {
    id: 'feed-keeps-makers-for-ever',
    why: 'a word on a version that was passed stays, and memory grows',
    file: FOLLOWER,
    find: 'if (this.#makers.size <= MAKERS) return',
    replace: 'if (this.#makers.size > 0) return',
    caughtBy: feed('[SE5]'),
  },
  {
    id: 'feed-page-skips-one',
    why: 'the first change after each page is never told',
    file: FOLLOWER,
    find: 'this.#after = through\n',
    replace: 'this.#after = isCaughtUp ? through : through + 1\n',
    caughtBy: feed('[VE9] a burst'),
  },
  {
    id: 'feed-page-repeats-one',
    why: 'the last change of each page is told twice',
    file: FOLLOWER,
    find: 'this.#after = through\n',
    replace: 'this.#after = isCaughtUp ? through : through - 1\n',
    caughtBy: feed('[VE9] a burst'),
  },
  {
    id: 'feed-value-of-another-version',
    why: 'a value is told under a version that it does not belong to',
    file: FOLLOWER,
    find: 'teller.whole(key, record, this.#makerOf(',
    replace: 'teller.whole(key, { ...record, metadataVersion: version }, this.#makerOf(',
    caughtBy: feed('[VE9]'),
  },
  {
    id: 'feed-tells-a-value-twice',
    why: 'a version is told again, after it was told ahead',
    file: FOLLOWER,
    find: 'if ((ahead.get(session) ?? 0) < version)',
    replace: 'if (ahead.size >= 0)',
    caughtBy: feed('[VE9] a value that was ahead'),
  },
  {
    id: 'feed-silent-gap',
    why: 'what can not be told change by change is not told at all',
    file: FOLLOWER,
    find: 'teller.wholeInPlaceOfChanges(key, record)',
    replace: '',
    caughtBy: feed('[FE1] whoever takes changes is told the whole value'),
  },
  {
    id: 'feed-one-session-holds-up-the-others',
    why: 'nobody is told anything because one session can not be read',
    file: FOLLOWER,
    find: 'if (isStopped(error)) throw error',
    replace: 'if (!isStopped(error)) throw error',
    caughtBy: feed('[FE1] one session'),
  },
  {
    id: 'feed-tells-the-past',
    why: 'after a start of the hub everything that ever was is told again',
    file: EVENTS,
    find: '(heads.get(namespace) ?? 0)',
    replace: '0',
    caughtBy: feed('[FE1] what was committed before'),
  },
  {
    id: 'feed-across-namespaces',
    why: "a tenant is told of another tenant's session",
    file: ROOMS,
    find: "JSON.stringify(['patches', namespace, session])",
    replace: "JSON.stringify(['patches', namespace === '' ? '' : 'default', session])",
    caughtBy: feed('[SE2]'),
  },
  {
    id: 'feed-update-without-an-id-of-its-own',
    why: 'two updates can not be told apart',
    file: TELLER,
    find: 'this.#updates += 1',
    replace: 'this.#updates = 1',
    caughtBy: feed('[CO4] each update'),
  },
  {
    id: 'rooms-leave-nobody-out',
    why: 'whoever wrote gets its own change back',
    file: SOCKET_ROOMS,
    find: 'if (except !== undefined) left.push(except)',
    replace: '',
    caughtBy: feed('[CO4] everybody in a room'),
  },
]

export const liveMutants: readonly Mutant[] = [...presenceMutants, ...rpcMutants, ...feedMutants]
