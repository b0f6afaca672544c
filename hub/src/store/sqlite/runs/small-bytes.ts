/** What a request about a run holds while it waits. */
export const SMALL_BYTES = 4096
