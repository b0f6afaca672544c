/** One system call as the tracer tells it, with the arguments that we care for. */
export interface TracedCall {
  readonly thread: number
  readonly call: string
  readonly args: readonly string[]
  readonly result: number
}

const PLAIN = /^(\d+) +(\w+)\((.*)\) += (-?\d+|\?)/s
const UNFINISHED = /^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$/s
const RESUMED = /^(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (-?\d+|\?)/s

/** The lines of `strace -f -o`. A call that another thread interrupted is told in two lines; it counts where it ended. */
export function parseTrace(text: string): TracedCall[] {
  const calls: TracedCall[] = []
  const open = new Map<string, string>()
  for (const line of text.split('\n')) {
    const unfinished = UNFINISHED.exec(line)
    if (unfinished !== null) {
      open.set(key(unfinished), unfinished[3] ?? '')
      continue
    }
    const resumed = RESUMED.exec(line)
    const whole = resumed ?? PLAIN.exec(line)
    if (whole === null) continue
    const [, thread = '', call = '', rest = '', result = ''] = whole
    const started = resumed === null ? '' : (open.get(key(whole)) ?? '')
    open.delete(key(whole))
    calls.push({
      thread: Number(thread),
      call,
      args: splitArguments(`${started}${rest}`),
      result: Number(result),
    })
  }
  return calls
}

function key([, thread, call]: RegExpExecArray): string {
  return `${thread} ${call}`
}

/** Splits at commas outside of strings; inside, the tracer escapes every quote. */
function splitArguments(text: string): string[] {
  const args: string[] = []
  let start = 0
  let at = 0
  while (at < text.length) {
    const char = text[at]
    if (char === '"') {
      at = text.indexOf('"', at + 1)
      if (at < 0) break
    } else if (char === ',') {
      args.push(text.slice(start, at).trim())
      start = at + 1
    }
    at += 1
  }
  args.push(text.slice(start).trim())
  return args
}

/** A string that `-xx` wrote as `"\x41\x42"`; it must be whole, so the tracer's limit must be above its length. */
export function decodeBytes(argument: string): Buffer {
  if (!argument.startsWith('"') || !argument.endsWith('"'))
    throw new Error(`The trace has cut a string short: ...${argument.slice(-20)}`)
  return Buffer.from(argument.slice(1, -1).replaceAll('\\x', ''), 'hex')
}

/** How often the thread that writes to the database makes each of these calls: the points to be killed at. */
export function countCalls(calls: readonly TracedCall[], names: readonly string[]): Map<string, number> {
  const perThread = new Map<number, number>()
  for (const { thread } of calls) perThread.set(thread, (perThread.get(thread) ?? 0) + 1)
  const [busiest] = [...perThread].toSorted((left, right) => right[1] - left[1])[0] ?? []
  const counts = new Map(names.map((name) => [name, 0]))
  for (const { thread, call } of calls) {
    const count = counts.get(call)
    if (thread === busiest && count !== undefined) counts.set(call, count + 1)
  }
  return counts
}
