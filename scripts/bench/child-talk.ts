// The child's end of the line between the bench and the processes that it measures: a line of JSON each way.
import { createInterface } from 'node:readline'

export function say(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}

/** The one argument that such a process is started with. */
export function jobOf<Job>(): Job {
  return JSON.parse(process.argv[2] ?? 'null') as Job
}

/** The parent's commands, one by one; they end when the parent does. */
export function commands(): AsyncIterable<string> {
  return createInterface({ input: process.stdin })
}

const WINDOW_MS = 250
const IDLE_SHARE = 0.04
const LONGEST_MS = 180_000

/**
 * Waits until this process has nothing left to do. After the start the store looks through a large file on a thread of
 * its own; that is not what is measured here.
 */
export async function untilIdle(): Promise<void> {
  const started = performance.now()
  for (let idle = 0; idle < 2 && performance.now() - started < LONGEST_MS;) {
    const cpu = process.cpuUsage()
    await new Promise((resolve) => setTimeout(resolve, WINDOW_MS))
    const { user, system } = process.cpuUsage(cpu)
    idle = user + system < WINDOW_MS * 1000 * IDLE_SHARE ? idle + 1 : 0
  }
}
