/** What the client takes from the world around it, so that whoever starts it decides what time and chance are. */
export interface Outside {
  /** Milliseconds since 1970; may step back. */
  now(): number
  /** Calls back once, after so many milliseconds; what it returns calls that off. */
  after(ms: number, run: () => void): () => void
  /** At least 0, less than 1. */
  random(): number
  randomBytes(count: number): Uint8Array
}
