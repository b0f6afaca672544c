import { setTimeout as pause } from 'node:timers/promises'
import { residentKilobytes } from './process-use.ts'

const LOOK_EVERY_MS = 500
/** Longer than the collectors wait for an idle process, and longer than the sockets' heartbeat. */
const STEADY_MS = 25_000
const STEADY_SHARE = 0.005
const LONGEST_MS = 120_000

/** The memory of an idle process in KB, once its collector has done what it does by itself; null where it is not told. */
export async function settledMemory(pid: number, steadyMs = STEADY_MS): Promise<number | null> {
  const seen: number[] = []
  const looks = Math.ceil(steadyMs / LOOK_EVERY_MS)
  for (let waited = 0; waited < LONGEST_MS; waited += LOOK_EVERY_MS) {
    const kilobytes = residentKilobytes(pid)
    if (kilobytes === null) return null
    seen.push(kilobytes)
    const last = seen.slice(-looks)
    if (last.length === looks && Math.max(...last) - Math.min(...last) < kilobytes * STEADY_SHARE)
      return kilobytes
    await pause(LOOK_EVERY_MS)
  }
  return seen.at(-1) ?? null
}
