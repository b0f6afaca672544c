import type { Refusal } from '@holdfast/shared/errors/holdfast-error'

/** Names under which the hub may be asked, and pages that may ask it. */
export interface AllowLists {
  /** Where the hub listens; it may be asked under this address too. */
  readonly host: string
  /** Host names without a port, in lower case, IPv6 in brackets. This machine's own are allowed beside them. */
  readonly allowedHosts: readonly string[]
  /** Whole origins: scheme, host and port. Pages of the host that is asked are allowed beside them. */
  readonly allowedOrigins: readonly string[]
}

/** What of a request says where it is meant to go and which page sent it. */
export interface Approach {
  readonly host: string | undefined
  /** Absent where no page sent it. */
  readonly origin: string | undefined
}

/** Guards against pages of other sites and against names that were pointed at this machine. */
export interface Admission {
  /** Null where the request may come in; a Host or an Origin that is not on its list is refused. */
  refusalOf(approach: Approach): Refusal | null
}
