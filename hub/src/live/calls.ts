import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { CALLS, CallName } from '@holdfast/shared/protocol/calls'
import type { RpcAnswer } from '@holdfast/shared/protocol/rpc/read-rpc-answer'
import type { z } from 'zod'

/** Whom a call is for: a machine's runner or a session's client, in one namespace. */
export interface CallTarget {
  readonly namespace: string
  readonly id: string
}

export type CallParams<Name extends CallName> = z.input<(typeof CALLS)[Name]['params']>
export type CallAnswer<Name extends CallName> = z.infer<(typeof CALLS)[Name]['answer']>

/**
 * `absent`: nobody who could answer is connected, so nothing was asked. `lost`: it was asked and no answer came, in time
 * or before the connection ended, so it may have been carried out. A refusal: too many calls wait for that client's
 * answers already, and nothing was asked.
 */
export type CallResult<Answer> =
  | RpcAnswer<Answer>
  | { readonly kind: 'absent' }
  | { readonly kind: 'lost' }
  | Refusal

/** Asks the clients that registered themselves for it. */
export interface Calls {
  /** Whether somebody who answers it is connected. */
  isAnswered(name: CallName, target: CallTarget): boolean
  call<Name extends CallName>(
    name: Name,
    target: CallTarget,
    request: { readonly params: CallParams<Name>; readonly timeoutMs: number },
  ): Promise<CallResult<CallAnswer<Name>>>
}
