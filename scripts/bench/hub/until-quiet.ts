import { setTimeout as pause } from 'node:timers/promises'
import { allOf, useOf } from './process-use.ts'

const WINDOW_MS = 250
const QUIET_SHARE = 0.04
const LONGEST_MS = 180_000

/**
 * Waits until a process has nothing left to do. After its start a hub looks through a large file on a thread of its own;
 * that is not what is measured.
 */
export async function untilQuiet(pid: number): Promise<void> {
  const started = performance.now()
  for (let quiet = 0; quiet < 2 && performance.now() - started < LONGEST_MS;) {
    const before = useOf(pid)
    await pause(WINDOW_MS)
    const after = useOf(pid)
    if (before === null || after === null) return
    quiet = allOf(after) - allOf(before) < WINDOW_MS * 1000 * QUIET_SHARE ? quiet + 1 : 0
  }
}
