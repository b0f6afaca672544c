import type { Mutant } from '../mutant.ts'

const CLIENT = 'shared/src/client/session-client.ts'
const CONNECTION = 'shared/src/client/connection.ts'
const DOCUMENT = 'shared/src/client/session-document.ts'
const MUTATION_ID = 'shared/src/client/mutation-id.ts'
const OUTBOX = 'shared/src/client/outbox.ts'
const COMPUTED = 'shared/src/client/writes/computed-write.ts'
const PATCH = 'shared/src/client/writes/patch-write.ts'
const HUB_ERROR = 'shared/src/client/hub-error.ts'
const SOCKET_LINK = 'shared/src/client/socket-link.ts'

const clientTests = (title: string) => ({
  files: ['shared/src/client/session-client.test', 'shared/src/client/session-client-'],
  title,
})
const documentTests = (title: string) => ({ files: ['shared/src/client/session-document'], title })

const deliveryMutants: readonly Mutant[] = [
  {
    id: 'client-new-id-on-resend',
    why: 'a patch whose ack was lost takes effect twice',
    file: PATCH,
    find: "link.ask('patch-metadata', payload, ACK_MS)",
    replace:
      "link.ask('patch-metadata', { ...payload, mutationId: `${Math.random()}`.slice(2).padEnd(20, '0') }, ACK_MS)",
    caughtBy: clientTests('[VE5]'),
  },
  {
    id: 'client-computes-anew-on-resend',
    why: 'a patch made of a value is made again although it may have taken effect',
    file: COMPUTED,
    find: 'if (this.#attempt === null) {',
    replace: "if (this.#attempt === null || this.touches === 'all') {",
    caughtBy: clientTests('[VE5]'),
  },
  {
    id: 'client-resolves-before-ack',
    why: 'a program believes that its change is safe before the hub has it',
    file: OUTBOX,
    find: 'entry.isDoubtful = true',
    replace: 'entry.isDoubtful = true\n    entry.resolve({ version: 0, changed: [] })',
    caughtBy: clientTests('[VE6]'),
  },
  {
    id: 'client-takes-timeout-for-failure',
    why: 'a change that may have taken effect is reported as failed and given up',
    file: OUTBOX,
    find: 'if (isCurrent()) owner.onUnanswered()',
    replace: 'this.#fail(entry, unknownOutcome(null))',
    caughtBy: clientTests('[VE5]'),
  },
  {
    id: 'client-retries-permanent',
    why: 'a patch that can never be taken is sent for ever, and everything behind it waits',
    file: OUTBOX,
    find: 'if (isPassing(error) && entry.faults < MOST_FAULTS) return this.#hold()',
    replace: 'if (!isStopping(error) && entry.faults < MOST_FAULTS) return this.#hold()',
    caughtBy: clientTests('[CL7]'),
  },
  {
    id: 'client-retries-faults-for-ever',
    why: 'one patch on which the hub fails keeps all others from being sent',
    file: OUTBOX,
    find: 'entry.faults < MOST_FAULTS',
    replace: 'entry.faults < Infinity',
    caughtBy: clientTests('[CL7]'),
  },
  {
    id: 'client-drops-oldest',
    why: 'a change that was accepted is thrown away in silence for a newer one',
    file: OUTBOX,
    find: "return Promise.reject(new HoldfastError('overloaded', full(this.#entries.length, this.#bytes)))",
    replace: 'for (const oldest of this.#entries.slice(0, 1)) this.#remove(oldest)',
    caughtBy: clientTests('[CL7]'),
  },
  {
    id: 'client-overtakes',
    why: 'a change that the hub puts off takes effect after a later one of the same field',
    file: OUTBOX,
    find: "const isBlocked = touches === 'all' ? sent > 0 : [...touches].some((field) => moving.has(field))",
    replace: "const isBlocked = touches === 'all' && sent > 0 && moving.has('')",
    caughtBy: clientTests('[CL7]'),
  },
  {
    id: 'client-id-follows-clock-back',
    why: 'mutation ids are not in order when somebody sets the clock',
    file: MUTATION_ID,
    find: 'if (now > this.#time) {',
    replace: 'if (now !== this.#time) {',
    caughtBy: { files: ['shared/src/client/mutation-id'], title: '[VE5]' },
  },
  {
    id: 'client-http-patch-fails',
    why: 'a change over HTTP that got no answer is reported as not taken',
    file: HUB_ERROR,
    find: "new Set(['hub_unreachable', 'internal'])",
    replace: 'new Set([])',
    caughtBy: { files: ['shared/src/client/http/hub-http'], title: '[VE5]' },
  },
]

const syncMutants: readonly Mutant[] = [
  {
    id: 'client-applies-gap',
    why: 'a change is applied to a version that it was not made of, and nobody notices what is missing',
    file: DOCUMENT,
    find: 'const version = confirmed.version + 1',
    replace: 'const version = Math.min(...this.#held.keys())',
    caughtBy: documentTests('[WI4]'),
  },
  {
    id: 'client-applies-old',
    why: 'an older change that arrives late overwrites a newer one',
    file: DOCUMENT,
    find: 'if (version <= reached || this.#held.has(version)) return',
    replace: `if (version <= reached && this.#confirmed !== null) {
      const fields = fieldsOf(this.#confirmed.metadata)
      applyChanges(fields, change.changesOn(fields) ?? [])
      this.#confirmed = { version: reached, metadata: metadataOf(fields) }
    }`,
    caughtBy: documentTests('[WI4]'),
  },
  {
    id: 'client-takes-version-without-value',
    why: 'after a mismatch the next write names the newer version and overwrites its value',
    file: DOCUMENT,
    find: 'this.#heard = Math.max(this.#heard, version)',
    replace:
      'this.#heard = Math.max(this.#heard, version)\n    if (this.#confirmed !== null) this.#confirmed = { ...this.#confirmed, version: this.#heard }',
    caughtBy: clientTests('[CL8]'),
  },
  {
    id: 'client-computes-while-behind',
    why: 'a patch is made of a value that is known to be old',
    file: COMPUTED,
    find: 'if (confirmed === null || document.isBehind)',
    replace: 'if (confirmed === null)',
    caughtBy: clientTests('[CL8]'),
  },
  {
    id: 'client-rebases-for-ever',
    why: 'a call never ends while others write',
    file: COMPUTED,
    find: 'if (this.#tries < MOST_TRIES) return null',
    replace: 'if (this.#tries < Infinity) return null',
    caughtBy: clientTests('[CL8]'),
  },
  {
    id: 'client-trusts-itself-after-reconnect',
    why: 'what happened while the connection was away is never learned',
    file: CLIENT,
    find: '#live(): void {\n    this.#document.doubt()',
    replace: '#live(): void {',
    caughtBy: clientTests('[WI4]'),
  },
  {
    id: 'client-waits-for-its-own-event',
    why: 'its own change is missing until something makes it read the session',
    file: DOCUMENT,
    find: 'if (changed.length === 0) return this.heardOf(version)',
    replace: 'if (changed.length >= 0) return this.heardOf(version)',
    caughtBy: documentTests('[VE8]'),
  },
  {
    id: 'client-hears-old-connection',
    why: 'what a dead connection still tells is mixed with what the new one tells',
    file: CONNECTION,
    find: 'if (this.#link === link) listener.onEvent(event, payload, reply)',
    replace: 'listener.onEvent(event, payload, reply)',
    caughtBy: { files: ['shared/src/client/connection'], title: '[VE9]' },
  },
  {
    id: 'client-link-buffers',
    why: 'what was said while there was no connection is said later, when it is not true any more',
    file: SOCKET_LINK,
    find: 'if (this.#socket.connected) this.#socket.emit(event, payload)',
    replace: 'this.#socket.emit(event, payload)',
    caughtBy: { files: ['hub/src/client/socket-link'], title: '[CL7]' },
  },
]

export const clientMutants: readonly Mutant[] = [...deliveryMutants, ...syncMutants]
