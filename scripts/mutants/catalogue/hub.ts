import type { Mutant } from '../mutant.ts'

const UPDATE = 'hub/src/sessions/update-session-metadata.ts'
const PATCH = 'hub/src/sessions/patch-session-metadata.ts'
const RESTORE = 'hub/src/sessions/restore-session.ts'
const CLEAR = 'hub/src/sessions/clear-resume-token.ts'
const PUT_BACK = 'hub/src/sessions/put-back-token.ts'
const SHOWN = 'hub/src/sessions/shown-to-released-client.ts'
const PLAN = 'hub/src/sessions/plan.ts'
const JOURNAL_TEXT = 'hub/src/sessions/journal-text.ts'

/** The contract suite as SQLite runs it, and the tests of the write rules by themselves. */
const tests = (title: string) => ({ files: ['hub/src/store/sqlite/', 'hub/src/sessions/'], title })

const versionMutants: readonly Mutant[] = [
  {
    id: 'replace-skips-version-check',
    why: 'a stale blob overwrites what somebody else wrote since',
    file: UPDATE,
    find: 'if (request.expectedVersion !== head.version) {',
    replace: 'if (request.expectedVersion > head.version) {',
    caughtBy: tests('[VE3]'),
  },
  {
    id: 'replace-from-the-future',
    why: 'a blob made against a version that does not exist is taken',
    file: UPDATE,
    find: 'if (request.expectedVersion !== head.version) {',
    replace: 'if (request.expectedVersion < head.version) {',
    caughtBy: tests('[VE3]'),
  },
  {
    id: 'patch-ignores-staleness',
    why: 'a stale patch overwrites a field that changed since',
    file: PATCH,
    find: "changedSince(expected, withPairs(names), rows) ? 'mismatch' : 'rebased'",
    replace: "'rebased'",
    caughtBy: tests('[VE4]'),
  },
  {
    id: 'patch-never-rebases',
    why: 'a stale patch is refused though nobody touched its fields',
    file: PATCH,
    find: "changedSince(expected, withPairs(names), rows) ? 'mismatch' : 'rebased'",
    replace: "'mismatch'",
    caughtBy: tests('[VE4]'),
  },
  {
    id: 'patch-staleness-ignores-pairs',
    why: 'a stale patch of a token goes through though its paired field changed since',
    file: PATCH,
    find: 'changedSince(expected, withPairs(names), rows)',
    replace: 'changedSince(expected, names, rows)',
    caughtBy: tests('[VE4]'),
  },
  {
    id: 'patch-ignores-horizon',
    why: 'a patch from before the pruned tombstones is taken, and brings back what was removed',
    file: PATCH,
    find: ' || expected < head.horizon || expected < head.prunedTo) return',
    replace: ') return',
    caughtBy: tests('[VE4]'),
  },
  {
    id: 'patch-from-the-future',
    why: 'a patch made against a version that does not exist is taken',
    file: PATCH,
    find: 'expected > head.version || ',
    replace: '',
    caughtBy: tests('[VE4]'),
  },
  {
    id: 'version-skips-one',
    why: 'versions have gaps, and a client that counts them resyncs for ever',
    file: PLAN,
    find: 'return { version: version + 1, horizon',
    replace: 'return { version: version + 2, horizon',
    caughtBy: tests('[VE1]'),
  },
]

const fieldMutants: readonly Mutant[] = [
  {
    id: 'damaged-taken-for-empty',
    why: 'a field that can not be read is overwritten as if nothing stood there',
    file: PLAN,
    find: 'return { damaged: true }',
    replace: 'return { value: null }',
    caughtBy: tests('[ME12]'),
  },
  {
    id: 'document-not-limited',
    why: 'many small patches grow a document without end',
    file: PLAN,
    find: 'if (next.bytes > LIMITS.documentBytes && next.bytes > head.bytes) {',
    replace: 'if (next.bytes > Infinity) {',
    caughtBy: tests('[ME11]'),
  },
  {
    id: 'large-values-journaled-whole',
    why: 'one large field that changes often fills the disk',
    file: JOURNAL_TEXT,
    find: 'if (bytes <= LIMITS.journaledBytes) return',
    replace: 'if (bytes <= Infinity) return',
    caughtBy: tests('[JO1]'),
  },
]

const releasedMutants: readonly Mutant[] = [
  {
    id: 'withheld-field-removed',
    why: 'a released client removes a field that it was not sent, since its value breaks the type it has there',
    file: UPDATE,
    find: 'mergeReplace(held, blob, shownToReleasedClient(held))',
    replace: 'mergeReplace(held, blob, () => true)',
    caughtBy: tests('[CO10]'),
  },
  {
    id: 'withheld-metadata-removed',
    why: 'a released client that was sent no metadata at all removes everything by its next blob',
    file: SHOWN,
    find: 'sent !== null && Object.hasOwn(sent, field)',
    replace: 'sent === null || Object.hasOwn(sent, field)',
    caughtBy: tests('[CO10]'),
  },
  {
    id: 'patch-breaks-released-type',
    why: 'a patch stores a value that released clients can not be sent any more',
    file: PATCH,
    find: 'if (misfit !== null) return misfit',
    replace: 'if (misfit !== null && names.length === 0) return misfit',
    caughtBy: tests('[CO10]'),
  },
  {
    id: 'patch-judged-before-merge',
    why: 'a part of a value is taken for the whole, and a patch inside an object is refused',
    file: PATCH,
    find: 'typeRefusal(changes)',
    replace:
      'typeRefusal(changes.map(({ name, ...rest }) => ({ ...rest, name, after: (patch as JsonObject)[name] })))',
    caughtBy: tests('[CO10]'),
  },
  {
    id: 'patch-forges-hub-owned',
    why: 'a client sets what only the hub may say',
    file: PATCH,
    find: "context.actor.door === 'hub' ? undefined",
    replace: "context.actor.door !== 'import' ? undefined",
    caughtBy: tests('[CO10]'),
  },
]

const tokenMutants: readonly Mutant[] = [
  {
    id: 'clear-ignores-expected-token',
    why: 'a token that came in the meantime is given up in place of the one that was meant',
    file: CLEAR,
    find: 'if (expectedToken !== undefined && token?.value !== expectedToken)',
    replace: 'if (expectedToken !== undefined && token === undefined)',
    caughtBy: tests('[ME6]'),
  },
  {
    id: 'clear-leaves-pair',
    why: 'a token is given up and its paired value stays',
    file: CLEAR,
    find: 'const changes = [tokenField, ...paired]',
    replace: 'const changes = [tokenField, ...paired.slice(1)]',
    caughtBy: tests('[ME5]'),
  },
  {
    id: 'history-forgets-clears',
    why: 'the token history does not say that a token was given up on purpose',
    file: PLAN,
    find: "token.cause === 'clear' ? 'cleared' : 'superseded'",
    replace: "'superseded'",
    caughtBy: tests('[ME14]'),
  },
  {
    id: 'history-forgets-what-left',
    why: 'a token that was replaced still counts as the current one',
    file: PLAN,
    find: "moves.push({ kind: 'leaves', flavor, left:",
    replace: "moves.slice().push({ kind: 'leaves', flavor, left:",
    caughtBy: tests('[ME14]'),
  },
  {
    id: 'put-back-forgets-pair',
    why: 'a token is put back without the value that was true beside it',
    file: PUT_BACK,
    find: 'wanted.push([pairedField, paired ?? undefined])',
    replace: 'wanted.push([pairedField, undefined])',
    caughtBy: tests('[ME14]'),
  },
  {
    id: 'put-back-of-a-stranger',
    why: 'a token that was never this session’s can be put back',
    file: PUT_BACK,
    find: 'if (paired === undefined) {',
    replace: 'if (false) {',
    caughtBy: tests('[ME14]'),
  },
]

const restoreMutants: readonly Mutant[] = [
  {
    id: 'restore-removes-protected',
    why: 'undo destroys a resume token that came later',
    file: RESTORE,
    find: 'if (at.past === undefined && protectedKind(name) !== undefined) draft.kept.push(name)',
    replace: "if (at.past === undefined && name === '') draft.kept.push(name)",
    caughtBy: tests('[JO3]'),
  },
  {
    id: 'restore-of-pruned-history',
    why: 'undo guesses what the journal does not know any more',
    file: RESTORE,
    find: 'if (version < head.prunedTo) {',
    replace: 'if (version < 0) {',
    caughtBy: tests('[JO'),
  },
  {
    id: 'restore-of-no-version',
    why: 'undo to a version that does not exist does something',
    file: RESTORE,
    find: 'if (version > head.version || version < 1) {',
    replace: 'if (version < 1) {',
    caughtBy: tests('[JO3]'),
  },
  {
    id: 'restore-splits-pairs',
    why: 'undo of a token leaves the value of another one beside it',
    file: RESTORE,
    find: 'withPairs(fields).filter((name) => past.has(name))',
    replace: 'fields.filter((name) => past.has(name))',
    caughtBy: tests('[JO3]'),
  },
  {
    id: 'restore-of-large-values',
    why: 'undo removes a field whose value the journal did not keep',
    file: RESTORE,
    find: "return 'large' in past ? 'not_restorable' : null",
    replace: 'return null',
    caughtBy: tests('[JO'),
  },
]

export const hubMutants: readonly Mutant[] = [
  ...versionMutants,
  ...fieldMutants,
  ...releasedMutants,
  ...tokenMutants,
  ...restoreMutants,
]
