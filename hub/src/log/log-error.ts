import { logText } from './log-text.ts'

const MESSAGE_CHARACTERS = 500
const STACK_LINES = 30
const DEPTH = 4

/** An error as the log shows it: what it is, where it came about, and what caused it. Nothing else that hangs on it. */
export function logError(error: unknown, depth = DEPTH): object {
  if (!(error instanceof Error)) return { message: logText(String(error), MESSAGE_CHARACTERS) }
  const { name, message, stack, cause } = error
  const code = 'code' in error && typeof error.code === 'string' ? { code: logText(error.code) } : null
  return {
    name: logText(name),
    ...code,
    message: logText(message, MESSAGE_CHARACTERS),
    at: framesOf(stack ?? ''),
    ...(cause === undefined || depth === 0 ? null : { cause: logError(cause, depth - 1) }),
  }
}

/** The lines of a stack that say where; the ones before them repeat the message. */
function framesOf(stack: string): string[] {
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line))
  return frames.slice(0, STACK_LINES).map((line) => logText(line.trim()))
}
