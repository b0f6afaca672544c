import { writeSync } from 'node:fs'
import type { LogLines } from './pino-log.ts'

const STANDARD_ERROR = 2

/**
 * Standard error, each line written before the next statement runs, so that a crash loses none. Where it can not be
 * written, because its disk is full or nobody reads it, the line is lost and the hub goes on: a log is worth less than
 * what it tells of.
 */
export class StandardError implements LogLines {
  readonly #fd: number
  #isBroken = false

  constructor(fd = STANDARD_ERROR) {
    this.#fd = fd
  }

  write(line: string): void {
    // Half of a line may have been written: the next one begins on a line of its own.
    const bytes = Buffer.from(this.#isBroken ? `\n${line}` : line)
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(this.#fd, bytes, at)
      this.#isBroken = false
    } catch {
      // There is nobody left to tell.
      this.#isBroken = true
    }
  }
}
