import { statSync } from 'node:fs'
import { bytesText } from '../bytes-text.ts'

const EVERY_MS = 250
const CLEAR = '\r\u001b[K'

/** Where progress is shown: a terminal, and nothing where it is none. */
export interface Terminal {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** Shows how large a draft is by now, where it can be seen from here; to be stopped when it is done. */
export function showProgress(draft: string, terminal: Terminal): () => void {
  if (terminal.isTTY !== true) return () => undefined
  const timer = setInterval(() => {
    const bytes = sizeOf(draft)
    if (bytes !== null) terminal.write(`${CLEAR}backing up, ${bytesText(bytes)} so far`)
  }, EVERY_MS)
  return () => {
    clearInterval(timer)
    terminal.write(CLEAR)
  }
}

/** Null where it is not there, or not on this machine. */
function sizeOf(file: string): number | null {
  try {
    return statSync(file, { throwIfNoEntry: false })?.size ?? null
  } catch {
    // A folder that only the hub may look into: the backup itself goes on.
    return null
  }
}
