import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'

export interface LaunchOptions {
  /** What it prints goes to the end of this file, where it outlives the process. */
  readonly logFile: string
  /** It is killed with everything that it started when it lives longer. */
  readonly lifetimeMs: number
  readonly cwd?: string
}

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly outlived: boolean
  readonly stderr: string
  readonly milliseconds: number
}

export interface Launched {
  readonly pid: number | undefined
  readonly ended: Promise<Ended>
  /** Resolves when the process has written this to its standard error; also when it ends. */
  said(text: string): Promise<void>
  kill(): void
}

const running = new Set<ChildProcess>()

/** A process of ours is a group of its own, so that a tracer and what it traces end together. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Nothing that was started here outlives this process. */
export function killAllOnExit(): void {
  process.once('exit', () => {
    for (const child of running) killGroup(child)
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      process.stderr.write(`ended by ${signal}\n`)
      process.exit(130)
    })
}

export function track(child: ChildProcess): ChildProcess {
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

export function launch(command: readonly string[], options: LaunchOptions): Launched {
  const [program = '', ...args] = command
  const log = openSync(options.logFile, 'a')
  const started = Date.now()
  const child = track(
    spawn(program, args, { cwd: options.cwd, detached: true, stdio: ['ignore', log, 'pipe'] }),
  )
  closeSync(log)
  let stderr = ''
  let outlived = false
  let done = false
  const listeners = new Set<() => void>()
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr = (stderr + chunk).slice(-20_000)
    for (const listener of listeners) listener()
  })
  const timer = setTimeout(() => {
    outlived = true
    killGroup(child)
  }, options.lifetimeMs)
  const ended = new Promise<Ended>((resolve) => {
    const finish = (code: number | null, signal: NodeJS.Signals | null): void => {
      clearTimeout(timer)
      done = true
      resolve({ code, signal, outlived, stderr, milliseconds: Date.now() - started })
      for (const listener of listeners) listener()
    }
    child.once('error', (error) => {
      stderr += error.message
      finish(null, null)
    })
    child.once('close', finish)
  })
  const said = (text: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!done && !stderr.includes(text)) return
        listeners.delete(look)
        resolve()
      }
      listeners.add(look)
      look()
    })
  return { pid: child.pid, ended, said, kill: () => killGroup(child) }
}
