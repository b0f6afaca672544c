import { setTimeout as pause } from 'node:timers/promises'

const LOOK_EVERY_MS = 100
const WITHIN_MS = 20_000

/** Looks again and again until something is there to see; says what it waited for when that does not come in time. */
export async function until<Seen>(
  what: string,
  look: () => Seen | undefined | Promise<Seen | undefined>,
  withinMs = WITHIN_MS,
): Promise<Seen> {
  const end = Date.now() + withinMs
  for (;;) {
    const seen = await look()
    if (seen !== undefined) return seen
    if (Date.now() > end) throw new Error(`${what}: not within ${withinMs / 1000} s`)
    await pause(LOOK_EVERY_MS)
  }
}
