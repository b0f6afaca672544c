import type { Mutant } from '../mutant.ts'

const MERGE = 'shared/src/metadata/merge.ts'
const MERGE_PATCH = 'shared/src/metadata/merge-patch.ts'
const LIMITS = 'shared/src/metadata/limits.ts'
const PROTECTED_VALUE = 'shared/src/metadata/protected-value.ts'
const VOCABULARY = 'shared/src/metadata/vocabulary.ts'
const REGISTRY = 'shared/src/agents/registry.ts'

const mergeTests = (title: string) => ({
  files: ['shared/src/metadata/merge', 'shared/src/metadata/every-field', 'shared/src/metadata/pairs'],
  title,
})
const limitTests = (title: string) => ({ files: ['shared/src/metadata/limits'], title })
const registryTests = (title: string) => ({ files: ['shared/src/agents/registry'], title })

const replaceMutants: readonly Mutant[] = [
  {
    id: 'replace-drops-protected',
    why: 'a blob that leaves a resume token out destroys it',
    file: MERGE,
    find: 'if (protectedKind(name) !== undefined) kept.push(name)',
    replace: "if (name === '') kept.push(name)",
    caughtBy: mergeTests('[ME3]'),
  },
  {
    id: 'replace-drops-tokens-only',
    why: 'identity and routing are carried forward, resume tokens are not',
    file: MERGE,
    find: 'if (protectedKind(name) !== undefined) kept.push(name)',
    replace: "if (!['token', undefined].includes(protectedKind(name))) kept.push(name)",
    caughtBy: mergeTests('[ME3]'),
  },
  {
    id: 'replace-removes-unknown',
    why: 'a released client wipes fields that it never heard of',
    file: MERGE,
    find: '!isReleasedVocabulary(name) || isHubOwned(name)',
    replace: 'isHubOwned(name)',
    caughtBy: mergeTests('[ME3]'),
  },
  {
    id: 'replace-removes-nothing',
    why: 'a released client can not take a field away any more',
    file: MERGE,
    find: "draft.change(name, undefined, 'left-out')",
    replace: 'kept.push(name)',
    caughtBy: mergeTests('[ME3]'),
  },
  {
    id: 'replace-removes-hub-owned',
    why: 'a blob that leaves out what the hub wrote takes it away',
    file: MERGE,
    find: '!isReleasedVocabulary(name) || isHubOwned(name)',
    replace: '!isReleasedVocabulary(name)',
    caughtBy: mergeTests('belongs to the hub'),
  },
  {
    id: 'replace-removes-what-was-not-shown',
    why: 'a client removes a field that it was never sent, by not knowing of it',
    file: MERGE,
    find: 'else if (shown(name)) draft',
    replace: 'else if (shown(name) || !isHubOwned(name)) draft',
    caughtBy: mergeTests('[ME3]'),
  },
  {
    id: 'replace-sets-hub-owned',
    why: 'a client writes what belongs to the hub',
    file: MERGE,
    find: '  if (isHubOwned(name)) return\n',
    replace: '',
    caughtBy: mergeTests('belongs to the hub'),
  },
  {
    id: 'replace-ignores-clear',
    why: 'the explicit clear of released clients is refused',
    file: MERGE,
    find: "if (value === null && (kind === 'token' || kind === 'paired')) return draft.change(name, undefined, 'clear')",
    replace: '',
    caughtBy: mergeTests('[ME6]'),
  },
  {
    id: 'replace-stores-null',
    why: 'null on an unprotected field of a blob is stored where it means absent',
    file: MERGE,
    find: '  if (value === null && kind === undefined && !keepsNull(name)) return\n',
    replace: '',
    caughtBy: mergeTests('[ME6]'),
  },
  {
    id: 'replace-forgets-nullable',
    why: 'null on startingMode, which is a value of its own, is dropped',
    file: VOCABULARY,
    find: 'return NULLABLE.has(name)',
    replace: 'return false',
    caughtBy: mergeTests('[ME6]'),
  },
  {
    id: 'replace-overwrites-damaged',
    why: 'a blob destroys bytes that could still be saved by hand',
    file: MERGE,
    find: "if (draft.isDamaged(name)) return draft.refuse(name, 'field_damaged', damagedMessage(name))",
    replace: '',
    caughtBy: mergeTests('[ME12]'),
  },
]

const patchMutants: readonly Mutant[] = [
  {
    id: 'patch-clears-token',
    why: 'null in a patch removes a resume token',
    file: MERGE,
    find: "if (value === null && (kind === 'token' || kind === 'paired')) {",
    replace:
      "if (value === null && kind === 'token') {\n    draft.change(name, undefined, 'clear')\n  } else if (false) {",
    caughtBy: mergeTests('[ME6]'),
  },
  {
    id: 'patch-clears-paired',
    why: 'null in a patch removes the field beside a token',
    file: MERGE,
    find: "if (value === null && (kind === 'token' || kind === 'paired')) {",
    replace:
      "if (value === null && kind === 'paired') {\n    draft.change(name, undefined, 'clear')\n    return null\n  }\n  if (value === null && kind === 'token') {",
    caughtBy: mergeTests('[ME6]'),
  },
  {
    id: 'patch-overwrites-damaged',
    why: 'a patch destroys bytes that could still be saved by hand',
    file: MERGE,
    find: "if (draft.isDamaged(name)) return refuse('field_damaged', damagedMessage(name), { field: name })",
    replace: '',
    caughtBy: mergeTests('[ME12]'),
  },
  {
    id: 'patch-accepts-unfit',
    why: 'a patch sets a protected field to a blank or to a number',
    file: MERGE,
    find: "if (problem !== null) return refuse('invalid_field', `The field ${name} ${problem}.`, { field: name })",
    replace: '',
    caughtBy: mergeTests('[ME7]'),
  },
  {
    id: 'patch-replaces-objects',
    why: 'a patch of one member of an object loses the others',
    file: MERGE_PATCH,
    find: 'isJsonObject(target) ? { ...target } : {}',
    replace: '{}',
    caughtBy: mergeTests('[ME4]'),
  },
  {
    id: 'patch-keeps-null-members',
    why: 'null inside an object is stored where it removes a member',
    file: MERGE_PATCH,
    find: 'if (value === null) delete merged[name]',
    replace: 'if (value === null) merged[name] = null',
    caughtBy: mergeTests('[ME4]'),
  },
  {
    id: 'patch-changes-its-target',
    why: 'a merge writes into the value that it was given',
    file: MERGE_PATCH,
    find: 'isJsonObject(target) ? { ...target } : {}',
    replace: 'isJsonObject(target) ? target : {}',
    caughtBy: mergeTests('[ME4]'),
  },
  {
    id: 'patch-sets-whole-fields',
    why: 'an object in a patch takes the place of the field instead of being merged into it',
    file: MERGE,
    find: 'applyMergePatch(draft.valueOf(name), value)',
    replace: 'value',
    caughtBy: mergeTests('[ME4]'),
  },
  {
    id: 'no-op-is-a-change',
    why: 'a write that changes nothing is journaled and announced',
    file: MERGE,
    find: '(change) => !jsonEqual(this.valueOf(change.name), change.after),',
    replace: '() => true,',
    caughtBy: mergeTests('[ME10]'),
  },
]

const pairMutants: readonly Mutant[] = [
  {
    id: 'pair-stays-behind',
    why: 'a new token stands beside the value of the old one',
    file: MERGE,
    find: 'const moved = before !== undefined && before !== token.after',
    replace: 'const moved = false',
    caughtBy: mergeTests('[ME5]'),
  },
  {
    id: 'pair-lost-with-same-token',
    why: 'a client that repeats its token loses the value beside it',
    file: MERGE,
    find: 'const moved = before !== undefined && before !== token.after',
    replace: 'const moved = before !== undefined',
    caughtBy: mergeTests('[ME5]'),
  },
  {
    id: 'pair-outlives-clear',
    why: 'a cleared token leaves its paired value',
    file: MERGE,
    find: "    draft.change(pairedField, undefined, 'clear')\n",
    replace: '',
    caughtBy: mergeTests('[ME5]'),
  },
  {
    id: 'pair-of-refused-token',
    why: 'the value that came with a refused token is stored beside the old token',
    file: MERGE,
    find: 'if (draft.isRefused(tokenField)) {',
    replace: "if (draft.isRefused('')) {",
    caughtBy: mergeTests('[ME5]'),
  },
  {
    id: 'pair-only-in-replace',
    why: 'a patch moves a token and leaves the old value beside it',
    file: MERGE,
    find: 'if (Object.keys(patch).some((name) => partnerOf(name) !== undefined)) {',
    replace: 'if (Object.keys(patch).length > 1000) {',
    caughtBy: mergeTests('[ME5]'),
  },
]

const valueMutants: readonly Mutant[] = [
  {
    id: 'blank-accepted',
    why: 'a blank takes the place of a resume token',
    file: PROTECTED_VALUE,
    find: "if (value.trim() === '') return 'must not be blank'",
    replace: '',
    caughtBy: mergeTests('[ME7]'),
  },
  {
    id: 'spaces-accepted',
    why: 'spaces take the place of a resume token',
    file: PROTECTED_VALUE,
    find: "value.trim() === ''",
    replace: "value === ''",
    caughtBy: mergeTests('[ME7]'),
  },
  {
    id: 'number-accepted',
    why: 'something that is no string takes the place of a resume token',
    file: PROTECTED_VALUE,
    find: "return 'must be a string'",
    replace: 'return null',
    caughtBy: mergeTests('[ME7]'),
  },
  {
    id: 'long-accepted',
    why: 'a protected value has no limit',
    file: PROTECTED_VALUE,
    find: 'if (bytes > LIMITS.protectedBytes)',
    replace: 'if (bytes > LIMITS.documentBytes)',
    caughtBy: mergeTests('[ME7]'),
  },
  {
    id: 'length-in-characters',
    why: 'the limit of a protected value counts characters, not bytes',
    file: PROTECTED_VALUE,
    find: 'const bytes = utf8Bytes(value)',
    replace: 'const bytes = value.length',
    caughtBy: mergeTests('[ME7]'),
  },
  {
    id: 'registry-misses-qwen',
    why: 'one flavor has no protected token',
    file: REGISTRY,
    find: "tokenField: 'qwenSessionId'",
    replace: 'tokenField: null',
    caughtBy: registryTests('[ME2]'),
  },
  {
    id: 'registry-misses-codex-pair',
    why: 'one flavor has lost its pair',
    file: REGISTRY,
    find: "pairedField: 'codexSourceSessionId'",
    replace: 'pairedField: null',
    caughtBy: registryTests('[ME2]'),
  },
  {
    id: 'registry-misses-host',
    why: 'an identity field is not protected',
    file: REGISTRY,
    find: "  ['host', 'identity'],\n",
    replace: '',
    caughtBy: registryTests('[ME2]'),
  },
]

const limitMutants: readonly Mutant[] = [
  {
    id: 'depth-off-by-one',
    why: 'one level more than the limit is let in',
    file: LIMITS,
    find: 'if (visit.depth >= walk.bounds.depth)',
    replace: 'if (visit.depth > walk.bounds.depth)',
    caughtBy: limitTests('[ME11]'),
  },
  {
    id: 'keys-off-by-one',
    why: 'the last key that is allowed is refused',
    file: LIMITS,
    find: 'if (walk.keys > walk.bounds.keys) {',
    replace: 'if (walk.keys >= walk.bounds.keys) {',
    caughtBy: limitTests('[ME11]'),
  },
  {
    id: 'forbidden-key-let-in',
    why: '__proto__ gets in',
    file: LIMITS,
    find: 'if (FORBIDDEN.has(name)) {',
    replace: "if (FORBIDDEN.has('')) {",
    caughtBy: limitTests('[ME11]'),
  },
  {
    id: 'forbidden-key-let-in-deep',
    why: '__proto__ gets in below the first level',
    file: LIMITS,
    find: 'if (FORBIDDEN.has(name)) {',
    replace: 'if (visit.depth === 0 && FORBIDDEN.has(name)) {',
    caughtBy: limitTests('[ME11]'),
  },
  {
    id: 'key-length-in-characters',
    why: 'the limit of a key counts characters, not bytes',
    file: LIMITS,
    find: '(name.length * 3 > LIMITS.keyBytes && utf8Bytes(name) > LIMITS.keyBytes)',
    replace: 'false',
    caughtBy: limitTests('[ME11]'),
  },
  {
    id: 'lone-surrogate-let-in',
    why: 'text that is no Unicode gets in and comes back changed',
    file: LIMITS,
    find: 'if (!text.isWellFormed()) {',
    replace: 'if (false) {',
    caughtBy: limitTests('[ME11]'),
  },
  {
    id: 'nul-let-in',
    why: 'a NUL gets in and cuts the text short where it is stored',
    file: LIMITS,
    find: 'if (text.includes(NUL)) {',
    replace: 'if (false) {',
    caughtBy: limitTests('[ME11]'),
  },
  {
    id: 'size-limit-doubled',
    why: 'twice as much as the limit is let in',
    file: LIMITS,
    find: 'if (walk.bytes <= walk.maxBytes) return null',
    replace: 'if (walk.bytes <= walk.maxBytes * 2) return null',
    caughtBy: limitTests('[ME11]'),
  },
  {
    id: 'size-off-by-one',
    why: 'one byte more than the limit is let in',
    file: LIMITS,
    find: 'if (walk.bytes <= walk.maxBytes) return null',
    replace: 'if (walk.bytes <= walk.maxBytes + 1) return null',
    caughtBy: limitTests('[ME11]'),
  },
  {
    id: 'lists-not-walked',
    why: 'what a list holds is not looked at',
    file: LIMITS,
    find: 'for (const [index, value] of list.entries())',
    replace: 'for (const [index, value] of list.slice(0, 0).entries())',
    caughtBy: limitTests('[ME11]'),
  },
]

export const sharedMutants: readonly Mutant[] = [
  ...replaceMutants,
  ...patchMutants,
  ...pairMutants,
  ...valueMutants,
  ...limitMutants,
]
