import { describe, expect, test } from 'vitest'
import { diskEvents, type DiskEvent } from './disk-events.ts'
import { SimulatedDisk } from './disk-image.ts'
import { seeded, type Random } from './random.ts'
import { parseTrace } from './strace.ts'

const hex = (text: string): string =>
  `"${[...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}"`

const lines = (...trace: string[]): DiskEvent[] => diskEvents(parseTrace(trace.join('\n')), '/data')

describe('what a trace did to a folder', () => {
  test('positioned writes, syncs and truncations are those of the file that the descriptor stands for', () => {
    const events = lines(
      `1 openat(AT_FDCWD, ${hex('/data/db')}, O_RDWR|O_CREAT, 0600) = 5`,
      `1 openat(AT_FDCWD, ${hex('/other/db')}, O_RDWR) = 6`,
      `1 pwrite64(5, ${hex('abc')}, 3, 10) = 3`,
      `1 pwrite64(6, ${hex('abc')}, 3, 10) = 3`,
      '1 fdatasync(5) = 0',
      '1 ftruncate(5, 4) = 0',
      '1 close(5) = 0',
      `1 pwrite64(5, ${hex('abc')}, 3, 10) = 3`,
    )
    expect(events).toEqual([
      { kind: 'create', file: 'db', truncate: false },
      { kind: 'write', file: 'db', at: 10, bytes: Buffer.from('abc') },
      { kind: 'sync', file: 'db' },
      { kind: 'truncate', file: 'db', size: 4 },
    ])
  })

  test('a call that failed did nothing, and a short write only what it wrote', () => {
    const events = lines(
      `1 openat(AT_FDCWD, ${hex('/data/db')}, O_RDWR) = 5`,
      '1 fsync(5) = -1 EIO (Input/output error)',
      `1 pwrite64(5, ${hex('abcdef')}, 6, 0) = 2`,
    )
    expect(events).toEqual([{ kind: 'write', file: 'db', at: 0, bytes: Buffer.from('ab') }])
  })

  test('writes without a position follow each other; the standard output is what was said', () => {
    const events = lines(
      `1 openat(AT_FDCWD, ${hex('/data/mark.new')}, O_WRONLY|O_CREAT|O_TRUNC, 0600) = 7`,
      `1 write(7, ${hex('ab')}, 2) = 2`,
      `1 write(7, ${hex('cd')}, 2) = 2`,
      `1 write(1, ${hex('said')}, 4) = 4`,
      `1 rename(${hex('/data/mark.new')}, ${hex('/data/mark')}) = 0`,
      `1 unlink(${hex('/data/db-wal')}) = 0`,
    )
    expect(events).toEqual([
      { kind: 'create', file: 'mark.new', truncate: true },
      { kind: 'write', file: 'mark.new', at: 0, bytes: Buffer.from('ab') },
      { kind: 'write', file: 'mark.new', at: 2, bytes: Buffer.from('cd') },
      { kind: 'said', text: 'said' },
      { kind: 'rename', file: 'mark.new', to: 'mark' },
      { kind: 'remove', file: 'db-wal' },
    ])
  })
})

function disk(...events: DiskEvent[]): SimulatedDisk {
  const simulated = new SimulatedDisk()
  for (const event of events) simulated.apply(event)
  return simulated
}

const write = (at: number, text: string): DiskEvent => ({
  kind: 'write',
  file: 'f',
  at,
  bytes: Buffer.from(text),
})
const sync: DiskEvent = { kind: 'sync', file: 'f' }

/** The given numbers, and then the last one for ever. */
function scripted(...numbers: number[]): Random {
  let at = 0
  return () => numbers[Math.min(at++, numbers.length - 1)] ?? 0
}

/** The first number picks the share that is kept: 0 for nothing, almost 1 for everything. */
const loseAll = scripted(0)
const keepAll = scripted(0.99)

describe('a disk that loses its power', () => {
  test('has everything that was synced, whatever it loses', () => {
    const simulated = disk(write(0, 'hello'), write(5, ' world'), sync, write(0, 'HELLO'))
    expect(simulated.loseWrites(loseAll).get('f')?.toString()).toBe('hello world')
  })

  test('may have kept what was not synced, in the order of the writes', () => {
    const simulated = disk(write(0, 'aaaa'), write(2, 'bb'), { kind: 'truncate', file: 'f', size: 3 })
    expect(simulated.loseWrites(keepAll).get('f')?.toString()).toBe('aab')
  })

  test('fills with zeros what lies beyond the end', () => {
    const simulated = disk(write(0, 'abcd'), { kind: 'truncate', file: 'f', size: 1 }, write(3, 'x'), sync)
    expect([...(simulated.loseWrites(loseAll).get('f') ?? [])]).toEqual([97, 0, 0, 120])
  })

  test('losing writes takes nothing from the disk that goes on', () => {
    const simulated = disk(write(0, 'old'), sync, write(0, 'new'))
    expect(simulated.loseWrites(loseAll).get('f')?.toString()).toBe('old')
    simulated.apply(sync)
    expect(simulated.loseWrites(loseAll).get('f')?.toString()).toBe('new')
  })

  test('a torn write ends at the border of a sector', () => {
    const old = 'o'.repeat(2048)
    const simulated = disk(write(0, old), sync, write(100, 'n'.repeat(1200)))
    const seen = new Set<number>()
    for (let seed = 0; seed < 400; seed += 1) {
      const text = simulated.loseWrites(seeded(seed)).get('f')?.toString() ?? ''
      const changed = Array.from(text, (char, at) => (char === 'n' ? at : -1)).filter((at) => at >= 0)
      const first = changed[0]
      const last = changed.at(-1)
      if (first === undefined || last === undefined) continue
      expect(last - first + 1).toBe(changed.length)
      expect(first === 100 || first % 512 === 0).toBe(true)
      expect(last === 1299 || (last + 1) % 512 === 0).toBe(true)
      seen.add(changed.length)
    }
    expect(seen.size).toBeGreaterThan(2)
  })

  test('a removed file is gone at once, a renamed one has its new name', () => {
    const simulated = disk(write(0, 'a'), { kind: 'rename', file: 'f', to: 'g' })
    expect([...simulated.loseWrites(loseAll).keys()]).toEqual(['g'])
    simulated.apply({ kind: 'remove', file: 'g' })
    expect(simulated.loseWrites(loseAll).size).toBe(0)
  })
})
