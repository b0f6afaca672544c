/**
 * What answers an event that is accepted and dropped, where an ack is asked for: transcripts, terminals, usage, and
 * every name that is not known here. The sender of a steering state must not believe that it was stored.
 */
export function droppedEventAck(event: string): { readonly ok?: false } {
  return event === 'messages-steer-state' ? { ok: false } : {}
}
