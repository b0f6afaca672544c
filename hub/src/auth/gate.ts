import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { Caller } from './caller.ts'

/** Where a request comes from: the address of the peer, never what a header says. */
export interface Presented {
  readonly token: string | undefined
  readonly address: string
}

/** Tells who a token belongs to. Both doors ask it, for every request and every connection. */
export interface Gate {
  /** `unauthorized` for a token that is not known, without a word on why; `rate_limited` after too many of those. */
  authenticate(presented: Presented): Promise<Caller | Refusal>
  /** The same of a device that was let in before and is known by something else since; null once its token was taken back. */
  deviceCaller(device: string): Promise<Caller | null>
  /** Calls back when a device's token is taken back, so that its connections end at once. */
  onRevoked(listener: (device: string) => void): () => void
}
