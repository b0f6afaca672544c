import type { Outside } from './outside.ts'

/** The clock and the chance of the runtime, in a browser as in Node and Bun. */
export const realOutside: Outside = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
  random: () => Math.random(),
  randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
}
