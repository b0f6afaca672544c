import { spawnSync } from 'node:child_process'

/** Whether a program is there and runs to a good end. */
function works(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore', timeout: 10_000 }).status === 0
}

/** A tracer may be installed and still not be allowed to trace. */
export function canTrace(): boolean {
  return works('strace', ['-f', '--seccomp-bpf', '-qq', '-o', '/dev/null', '-e', 'trace=fsync', 'true'])
}

/** How to run a shell command with a file system of its own; null where that is not allowed. */
export function ownMounts(): readonly string[] | null {
  const ways = [
    ['unshare', '--mount'],
    ['unshare', '--map-root-user', '--mount'],
  ]
  const probe = 'mount -t tmpfs -o size=64k tmpfs /tmp'
  return ways.find(([program = '', ...args]) => works(program, [...args, 'sh', '-c', probe])) ?? null
}
