import { writeSync } from 'node:fs'
import { logLine, type LogEvent } from './write-log.ts'

/** Told on the standard error after the first acknowledgement, so that the parent knows when to start its clock. */
export const FIRST_ACK = 'first-ack'

/** Told by a hub that waits for the others, and when it knows whether it serves. */
export const READY = 'ready'
export const DECIDED = 'decided'

/** The exit codes of a hub whose store has stopped, and of one that found another hub serving. */
export const STOPPED = 3
export const LOCKED_OUT = 7

let acked = false

/** Says it synchronously: what was said was in the file before the program went on, whatever happens to it then. */
export function say(event: LogEvent): void {
  writeSync(1, logLine(event))
  if (event.e !== 'ack' || acked) return
  acked = true
  writeSync(2, `${FIRST_ACK}\n`)
}

/** Ends the process when it lives too long, in case that its parent is no longer there to do it. */
export function boundLife(milliseconds: number): void {
  setTimeout(() => {
    writeSync(2, 'the process lived too long\n')
    process.exit(70)
  }, milliseconds).unref()
}
