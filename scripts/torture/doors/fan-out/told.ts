/** What the hub says to a watcher, and the answer to it. */
export interface Told {
  readonly event: 'changes' | 'facts' | 'resync'
  readonly payload: unknown
  readonly ack: () => void
}
