import type { Mutant } from '../mutant.ts'

const SOCKET = 'hub/src/socket'
const EVENTS = `${SOCKET}/events`

const tests = (file: string, title: string) => ({ files: [`${SOCKET}/${file}`], title })

const entryMutants: readonly Mutant[] = [
  {
    id: 'socket-passing-cause-sends-away',
    why: 'a released client that was told of a passing cause never comes back',
    file: `${SOCKET}/porter.ts`,
    find: "if (ERRORS[code].retry !== 'never') return this.#cut(socket, next)",
    replace: '',
    caughtBy: tests('open-socket-door', '[CO11]'),
  },
  {
    id: 'socket-failing-store-sends-away',
    why: 'a busy database ends every client that connects meanwhile, for good',
    file: `${SOCKET}/porter.ts`,
    find: 'this.#desk.failed(error)\n      this.#cut(socket, next)',
    replace: 'next(error as Error)',
    caughtBy: tests('open-socket-door', '[CO11]'),
  },
  {
    id: 'socket-connects-twice-at-once',
    why: 'two connections share one transport, and one of them can not be told of anything or ended',
    file: `${SOCKET}/porter.ts`,
    find: ' || this.#waiting.has(conn)',
    replace: '',
    caughtBy: tests('open-socket-door', 'S17'),
  },
  {
    id: 'socket-revoked-stays',
    why: 'a stolen laptop goes on writing after its token was taken back',
    file: `${SOCKET}/devices-online.ts`,
    find: 'socket.disconnect(true)',
    replace: 'void socket',
    caughtBy: tests('open-socket-door', '[SE1]'),
  },
  {
    id: 'socket-revoked-slips-in',
    why: 'a connection that comes about while its token is taken back stays',
    file: `${SOCKET}/devices-online.ts`,
    find: 'if (this.#revoked.has(device)) return false',
    replace: '',
    caughtBy: tests('open-socket-door', '[SE1]'),
  },
  {
    id: 'socket-viewer-writes',
    why: 'a token that only reads writes',
    file: `${EVENTS}/read-request.ts`,
    find: 'return mayWrite ?',
    replace: 'return event !== null ?',
    caughtBy: tests('fields-writes', '[SE2]'),
  },
  {
    id: 'socket-takes-while-draining',
    why: 'a hub that shuts down takes writes that it never answers',
    file: `${SOCKET}/take-event.ts`,
    find: 'if (desk.isDraining) {',
    replace: 'if (desk.counts.writes < 0) {',
    caughtBy: tests('limits', '[OP4]'),
  },
  {
    id: 'socket-drain-does-not-wait',
    why: 'a hub that shuts down cuts off whoever waits for an ack',
    file: `${SOCKET}/desk.ts`,
    find: 'if (this.#underWay === 0) return Promise.resolve()',
    replace: 'if (this.#underWay >= 0) return Promise.resolve()',
    caughtBy: tests('limits', '[OP4]'),
  },
  {
    id: 'socket-flood-is-answered',
    why: 'one client with a fast terminal takes the hub from the others',
    file: `${SOCKET}/take-event.ts`,
    find: 'if (connection.drops.take()) {',
    replace: 'if (connection.isOpen) {',
    caughtBy: tests('limits', 'S42'),
  },
  {
    id: 'socket-unbounded-writes',
    why: 'one client fills the queue of the store',
    file: `${SOCKET}/desk.ts`,
    find: 'if (connection.writes >= SOCKET_LIMITS.writes) {',
    replace: 'if (connection.writes < 0) {',
    caughtBy: tests('limits', 'S59'),
  },
]

const ackMutants: readonly Mutant[] = [
  {
    id: 'socket-ack-before-commit',
    why: 'a write is acknowledged that a crash then loses',
    file: `${EVENTS}/fields-write.ts`,
    find: '    const outcome = await write(connection, request.value)\n    claimVersion',
    replace:
      "    arrived.reply?.({ result: 'success', version: 2, changed: [], kept: [] })\n" +
      '    const outcome = await write(connection, request.value)\n    claimVersion',
    caughtBy: tests('limits', '[VE6]'),
  },
  {
    id: 'socket-released-ack-before-commit',
    why: 'a released client is told of a version that a crash then loses',
    file: `${EVENTS}/released-write.ts`,
    find: "const outcome = request.kind === 'refused' ?",
    replace:
      "arrived.reply?.({ result: 'success', version: 2, metadata: null })\n" +
      "      const outcome = request.kind === 'refused' ?",
    caughtBy: tests('limits', '[VE6]'),
  },
  {
    id: 'socket-blind-ack',
    why: 'a write that asks for no ack is an error of the hub',
    file: `${EVENTS}/released-write.ts`,
    find: 'arrived.reply?.(outcome)',
    replace: '(arrived.reply as Reply)(outcome)',
    caughtBy: tests('bad-input', 'S43'),
  },
  {
    id: 'socket-error-at-once',
    why: 'a client that can not be helped asks again as fast as it can',
    file: `${EVENTS}/released-write.ts`,
    find: 'await desk.parts.later(SOCKET_LIMITS.errorDelayMs)',
    replace: '',
    caughtBy: tests('released-metadata', '[CO9]'),
  },
  {
    id: 'socket-ack-breaks-types',
    why: 'a released client takes the version without the value, and erases it with its next write',
    file: `${EVENTS}/update-metadata.ts`,
    find: 'return forReleasedClient(metadata)',
    replace: 'return metadata',
    caughtBy: tests('released-acks', '[CO10]'),
  },
  {
    id: 'socket-text-not-repaired',
    why: 'a title that was cut in the middle of an emoji is never stored',
    file: `${SOCKET}/metadata/replace-what-fits.ts`,
    find: 'repairText(sent) as JsonObject',
    replace: 'sent',
    caughtBy: tests('released-metadata', '[CO9]'),
  },
  {
    id: 'socket-declined-field-is-erased',
    why: 'a history that grew too large takes the one that was stored with it',
    file: `${SOCKET}/metadata/without-fields.ts`,
    find: 'return before === undefined ? []',
    replace: 'return before !== null ? []',
    caughtBy: tests('released-metadata', '[CO9]'),
  },
  {
    id: 'socket-declined-pair-stays',
    why: 'a new token stands beside the protocol of the old one',
    file: `${SOCKET}/metadata/without-fields.ts`,
    find: 'protectedKind(name) === undefined && ',
    replace: '',
    caughtBy: tests('released-metadata', '[CO9]'),
  },
]

const tellingMutants: readonly Mutant[] = [
  {
    id: 'socket-writer-is-told',
    why: 'the writer is told of its own write as if somebody else had made it',
    file: `${EVENTS}/claim-version.ts`,
    find: 'events.madeBy(',
    replace: 'void (',
    caughtBy: tests('told-to-others', '[CO4]'),
  },
  {
    id: 'socket-machine-writer-is-told',
    why: 'a runner takes its own older state for news',
    file: `${SOCKET}/machine-teller.ts`,
    find: '{ [part]: committed }), by)',
    replace: '{ [part]: committed }), undefined)',
    caughtBy: tests('told-to-others', '[CO4]'),
  },
  {
    id: 'socket-foreign-method',
    why: 'one client answers the calls that are meant for another machine',
    file: `${EVENTS}/own-method.ts`,
    find: 'const scope = connection.scopeOf(id)',
    replace: "const scope = connection.scopeOf(id) ?? 'machine'",
    caughtBy: tests('calls', '[CO6] [SE2]'),
  },
  {
    id: 'socket-settings-every-time',
    why: 'every session writes to the disk every two seconds',
    file: `${EVENTS}/session-alive.ts`,
    find: ' || alive[name] === before[name]',
    replace: '',
    caughtBy: tests('signs-of-life', '[CO12]'),
  },
]

/** Mistakes of the socket door. */
export const socketMutants: readonly Mutant[] = [...entryMutants, ...ackMutants, ...tellingMutants]
