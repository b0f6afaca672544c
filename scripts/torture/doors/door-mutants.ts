import type { TortureMutant } from '../mutant-list.ts'

const FIELDS_WRITE = 'hub/dist/socket/events/fields-write.js'
const UPDATE_METADATA = 'hub/dist/socket/events/update-metadata.js'
const WATCHER = 'hub/dist/watch/watcher.js'

/** Deliberate mistakes at the doors of the hub, each with the scenario that must see it. */
export const DOOR_MUTANTS: readonly TortureMutant[] = [
  {
    // Where the client says which version it expects, the next one is answered before it is there.
    name: 'door-acks-before-commit',
    edits: [
      {
        file: FIELDS_WRITE,
        find: 'const outcome = await write(connection, request.value);',
        replace: `
          const { expectedVersion } = request.value;
          const writing = write(connection, request.value);
          const early = { kind: 'written', version: expectedVersion + 1, changed: ['lastWrite'], kept: [] };
          const outcome = expectedVersion === undefined ? await writing : early;`,
      },
    ],
    scenario: 'doors-kill',
    seenAs: ['lost', 'duplicate', 'order'],
    runtimes: ['node'],
  },
  {
    name: 'door-tells-before-commit',
    edits: [
      {
        file: UPDATE_METADATA,
        find: 'const whole = await replace(sent);',
        replace: `
          const told = { version: expectedVersion + 1, value: sent };
          const body = { t: 'update-session', sid: session, metadata: told, agentState: null };
          const payload = { id: 'early', seq: 0, createdAt: 0, body };
          const room = JSON.stringify(['whole', namespace, session]);
          desk.parts.rooms.emit(room, { event: 'update', payload }, connection.id);
          const whole = await replace(sent);`,
      },
    ],
    scenario: 'doors-linear',
    seenAs: ['order', 'shown'],
    runtimes: ['bun'],
  },
  {
    name: 'door-drops-the-mutation-id',
    edits: [
      {
        file: 'hub/dist/socket/events/patch-metadata.js',
        find: 'expectedVersion, mutationId, reason } = request;',
        replace: 'expectedVersion, reason } = request, mutationId = undefined;',
      },
    ],
    scenario: 'doors-kill',
    seenAs: ['replay', 'lost'],
    runtimes: ['bun'],
  },
  {
    name: 'door-renews-the-expected-version',
    edits: [
      {
        file: UPDATE_METADATA,
        find: 'const expectedVersion = Math.max(0, request.expectedVersion);',
        replace:
          'const expectedVersion = (await store.readSession({ namespace, session }))?.metadataVersion ?? 0;',
      },
    ],
    scenario: 'doors-linear',
    seenAs: ['stale'],
    runtimes: ['node'],
  },
  {
    name: 'drain-answers-nothing',
    edits: [
      {
        file: FIELDS_WRITE,
        find: 'arrived.reply?.(ackOf(outcome));',
        replace: 'if (!desk.isDraining) arrived.reply?.(ackOf(outcome));',
      },
    ],
    scenario: 'doors-term',
    seenAs: ['unanswered'],
    runtimes: ['node'],
  },
  {
    name: 'error-without-an-ack',
    edits: [
      {
        file: 'hub/dist/socket/events/read-request.js',
        find: 'const parsed = payload.safeParse(arrived.payload);',
        replace: 'const parsed = { success: true, data: payload.parse(arrived.payload) };',
      },
      {
        file: FIELDS_WRITE,
        find: 'arrived.reply?.(errorAck(desk.failed(error)));',
        replace: 'desk.failed(error);',
      },
    ],
    scenario: 'doors-fuzz',
    seenAs: ['unanswered'],
    runtimes: ['node'],
  },
  {
    name: 'watch-skips-on-return',
    edits: [
      {
        file: WATCHER,
        find: 'this.#after = start.after;',
        replace: 'this.#after = start.after === 0 ? 0 : start.after + 1;',
      },
    ],
    scenario: 'doors-fan-out',
    seenAs: ['gap'],
    runtimes: ['node'],
  },
  {
    // It goes on from the head, and says nothing.
    name: 'watch-hides-the-floor',
    edits: [
      { file: WATCHER, find: 'this.#resync = page.message;', replace: 'this.#after = page.message.head;' },
    ],
    scenario: 'doors-fan-out',
    seenAs: ['gap'],
    runtimes: ['bun'],
  },
  {
    name: 'watch-waits-for-no-ack',
    edits: [
      {
        file: WATCHER,
        find: `return this.#told(await line.tell('changes', page.message));`,
        replace: `void line.tell('changes', page.message); return true;`,
      },
    ],
    scenario: 'doors-fan-out',
    seenAs: ['order'],
    runtimes: ['node'],
  },
  {
    name: 'watch-forgets-what-was-removed',
    edits: [
      { file: 'hub/dist/watch/watched-change.js', find: 'removed: [...removed],', replace: 'removed: [],' },
    ],
    scenario: 'doors-fan-out',
    seenAs: ['shown'],
    runtimes: ['bun'],
  },
]
