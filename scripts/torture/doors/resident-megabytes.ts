import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

/** How much memory a process holds, in MB; 0 where that can not be found out. */
export function residentMegabytes(pid: number): number {
  const status = `/proc/${pid}/status`
  const kilobytes = existsSync(status)
    ? /VmRSS:\s+(\d+) kB/.exec(readFileSync(status, 'utf8'))?.[1]
    : spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).stdout
  return Number(kilobytes ?? 0) / 1024
}
