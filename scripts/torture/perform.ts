import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import type { Store } from '@holdfast/hub/store/store'
import { tokensNamed, tokensOf } from './named-tokens.ts'
import type { Ack, Operation, RepeatableOperation } from './write-log.ts'

export type Performed =
  | { readonly kind: 'written'; readonly ack: Ack; readonly replayed: boolean }
  /** Refused, or a version mismatch: nothing was written. */
  | { readonly kind: 'declined'; readonly code: string }

const actor = { door: 'hub', device: 'torture' } as const

interface Common {
  readonly namespace: string
  readonly session: string
  readonly actor: typeof actor
  readonly reason: string
}

/** Sends one operation, the same way whether it is new or sent again. Throws what the store throws. */
export async function perform(store: Store, op: Operation): Promise<Performed> {
  const common: Common = { namespace: op.namespace, session: op.session, actor, reason: op.id }
  if (op.kind === 'create') return create(store, op)
  if (op.kind === 'replace') return replace(store, op, common)
  const answer = await sendOnce(store, op, { ...common, mutationId: op.id })
  if (answer.kind === 'refused') return { kind: 'declined', code: answer.code }
  if (answer.kind === 'version-mismatch') return { kind: 'declined', code: answer.kind }
  const { version, changed, replayed } = answer
  return {
    kind: 'written',
    ack: { id: op.id, version, effective: changed.length > 0, tokens: tokensNamed(op) },
    replayed: replayed ?? false,
  }
}

function sendOnce(store: Store, op: RepeatableOperation, request: Common & { mutationId: string }) {
  switch (op.kind) {
    case 'patch':
      return store.patchSessionMetadata({ ...request, patch: op.patch })
    case 'clear':
      return store.clearResumeToken({ ...request, flavor: op.flavor })
    case 'put-back':
      return store.putBackToken({ ...request, flavor: op.flavor, value: op.value })
    case 'restore':
      return store.restoreSession({ ...request, version: op.version, fields: op.fields })
  }
}

async function create(store: Store, op: Operation & { kind: 'create' }): Promise<Performed> {
  const { namespace, session, metadata, id } = op
  const made = await store.createOrLoadSession({
    namespace,
    id: session,
    tag: session,
    metadata,
    actor,
    reason: id,
  })
  if (made.kind === 'refused') return { kind: 'declined', code: made.code }
  const { metadataVersion: version } = made.session
  const tokens = tokensOf(made.session.metadata)
  return { kind: 'written', ack: { id, version, effective: made.created, tokens }, replayed: !made.created }
}

async function replace(
  store: Store,
  op: Operation & { kind: 'replace' },
  common: Common,
): Promise<Performed> {
  const answer = await store.updateSessionMetadata({
    ...common,
    expectedVersion: op.expected,
    metadata: op.metadata,
  })
  if (answer.kind === 'refused') return { kind: 'declined', code: answer.code }
  if (answer.kind === 'version-mismatch') return { kind: 'declined', code: answer.kind }
  const { version, changed, metadata } = answer
  return {
    kind: 'written',
    ack: { id: op.id, version, effective: changed.length > 0, tokens: tokensOf(metadata) },
    replayed: false,
  }
}

/** The code of a store's rejection; anything else that is thrown is a fault of its own. */
export function codeOf(error: unknown): string {
  if (error instanceof HoldfastError) return error.code
  return `not a HoldfastError: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
}
