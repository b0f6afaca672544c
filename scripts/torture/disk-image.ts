import type { DiskEvent } from './disk-events.ts'
import { below, chance, pick, type Random } from './random.ts'

type Change = Extract<DiskEvent, { kind: 'write' | 'truncate' }>

interface TracedFile {
  content: Buffer
  size: number
  /** Since the last sync: these may have reached the disk, or not, or in part. */
  pending: Change[]
}

/** A disk writes whole sectors. */
const SECTOR = 512
const KEPT = [0, 0.5, 0.9, 1]
const TORN = 0.2

/**
 * A disk that loses its power. What was synced is there; of what was written since, some is. Making, renaming and
 * removing files is taken to be durable at once, and what is on the disk does not rot.
 */
export class SimulatedDisk {
  readonly #files = new Map<string, TracedFile>()

  apply(event: DiskEvent): void {
    switch (event.kind) {
      case 'create':
        return this.#create(event.file, event.truncate)
      case 'write':
      case 'truncate':
        this.#file(event.file).pending.push(event)
        return
      case 'sync':
        return this.#sync(event.file)
      case 'remove':
        this.#files.delete(event.file)
        return
      case 'rename': {
        const file = this.#file(event.file)
        this.#files.delete(event.file)
        this.#files.set(event.to, file)
        return
      }
      case 'said':
    }
  }

  /** What the files hold when the power comes back. */
  loseWrites(random: Random): Map<string, Buffer> {
    const kept = pick(random, KEPT)
    const image = new Map<string, Buffer>()
    for (const [name, file] of this.#files) {
      const copy = { content: Buffer.from(file.content), size: file.size }
      for (const change of file.pending)
        if (chance(random, kept)) applyChange(copy, chance(random, TORN) ? torn(change, random) : change)
      image.set(name, copy.content.subarray(0, copy.size))
    }
    return image
  }

  #file(name: string): TracedFile {
    const known = this.#files.get(name)
    if (known !== undefined) return known
    const file: TracedFile = { content: Buffer.alloc(0), size: 0, pending: [] }
    this.#files.set(name, file)
    return file
  }

  #create(name: string, truncate: boolean): void {
    const file = this.#file(name)
    if (truncate) file.pending.push({ kind: 'truncate', file: name, size: 0 })
  }

  #sync(name: string): void {
    const file = this.#file(name)
    for (const change of file.pending) applyChange(file, change)
    file.pending = []
  }
}

function applyChange(file: { content: Buffer; size: number }, change: Change): void {
  if (change.kind === 'truncate') {
    grow(file, change.size)
    file.content.fill(0, change.size)
    file.size = change.size
    return
  }
  grow(file, change.at + change.bytes.length)
  change.bytes.copy(file.content, change.at)
  file.size = Math.max(file.size, change.at + change.bytes.length)
}

function grow(file: { content: Buffer }, size: number): void {
  if (file.content.length >= size) return
  const content = Buffer.alloc(Math.max(size, file.content.length * 2))
  file.content.copy(content)
  file.content = content
}

/** Only some of the sectors that a write touches reach the disk: the first ones, or the last ones. */
function torn(change: Change, random: Random): Change {
  if (change.kind === 'truncate') return change
  const { at, bytes } = change
  const first = Math.ceil((at + 1) / SECTOR) * SECTOR - at
  const cuts: number[] = []
  for (let cut = first; cut < bytes.length; cut += SECTOR) cuts.push(cut)
  if (cuts.length === 0) return change
  const cut = cuts[below(random, cuts.length)] ?? first
  if (chance(random, 0.5)) return { ...change, bytes: bytes.subarray(0, cut) }
  return { ...change, at: at + cut, bytes: bytes.subarray(cut) }
}
