import type { Actor } from '@holdfast/shared/records/actor'

export type WorkerMethod = 'createOrLoadSession' | 'patchSessionMetadata' | 'updateSessionMetadata'

/** A call without its actor: an actor writes many times and is sent once. */
export interface WorkerCall {
  readonly method: WorkerMethod
  readonly actor: number
  readonly request: object
}

export type ToWorker =
  | { readonly kind: 'calls'; readonly id: number; readonly actors: readonly Actor[]; readonly calls: string }
  | { readonly kind: 'close' }

export type FromWorker =
  | { readonly kind: 'open' }
  | { readonly kind: 'answers'; readonly id: number; readonly answers: string }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'closed' }
