import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { median } from './statistics.ts'
import type { About } from './variant.ts'

/** A fact of the machine or of the run, as it is printed with the numbers. */
export interface Fact {
  readonly name: string
  readonly text: string
}

const PROBES = 200

/** How long the disk takes to make 4 KB durable: the floor of every commit. */
function syncMillis(folder: string): number {
  const file = openSync(join(folder, 'sync-probe'), 'w')
  const page = Buffer.alloc(4096, 1)
  const times: number[] = []
  for (let at = 0; at < PROBES; at += 1) {
    const before = performance.now()
    writeSync(file, page)
    fsyncSync(file)
    times.push(performance.now() - before)
  }
  closeSync(file)
  return median(times)
}

export function machineFacts(folder: string): Fact[] {
  const memory = Math.round(totalmem() / 1024 ** 3)
  return [
    { name: 'Cores', text: `${availableParallelism()} (${cpus()[0]?.model.trim() ?? 'unknown'})` },
    { name: 'Memory', text: `${memory} GB` },
    { name: 'System', text: `${process.platform} ${process.arch}` },
    {
      name: 'Disk',
      text: `${syncMillis(folder).toFixed(2)} ms to write and sync 4 KB (median of ${PROBES})`,
    },
  ]
}

/** Each runtime once, with the SQLite that it brought. */
export function runtimeFacts(abouts: readonly About[]): Fact[] {
  const seen = new Map(abouts.map((about) => [about.runtime, about]))
  return [...seen.values()]
    .toSorted((a, b) => b.runtime.localeCompare(a.runtime, 'en'))
    .map(({ runtime, library, sqlite }) => ({ name: runtime, text: `${library}, SQLite ${sqlite}` }))
}
