import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { backUp } from './backup.ts'

function latch(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  const made: { resolve?: () => void } = {}
  const promise = new Promise<void>((resolve) => (made.resolve = resolve))
  return { promise, resolve: () => made.resolve?.() }
}

/** A hub that takes until it is let go, and a terminal that keeps what is written to it. */
function slowHub(isTTY: boolean) {
  const written: string[] = []
  const asked: string[] = []
  const { promise: done, resolve: letGo } = latch()
  const hub = {
    async makeBackup(file: string) {
      asked.push(file)
      await done
      return { file, bytes: 1_550_000, epoch: 'e' }
    },
  }
  return { written, asked, letGo, hub, terminal: { isTTY, write: (text: string) => written.push(text) } }
}

const LOCAL = { url: 'http://127.0.0.1:4006' }

test('[OP6] on a terminal it shows how much is there so far, and takes that away again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-cli-'))
  const slow = slowHub(true)
  const running = backUp({ file: 'b.db', json: false }, { ...slow, ...LOCAL, folder })
  writeFileSync(join(folder, 'b.db.part'), 'x'.repeat(1234))
  while (slow.written.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  slow.letGo()
  const said = await running
  rmSync(folder, { recursive: true })
  expect(slow.written[0]).toBe('\r\u001b[Kbacking up, 1.2 kB so far')
  expect(slow.written.at(-1)).toBe('\r\u001b[K')
  expect(said).toBe(`Backed up to ${join(folder, 'b.db')} (1.6 MB, epoch e).\n`)
})

test('[OP6] where it is piped it says nothing but the end', async () => {
  const slow = slowHub(false)
  slow.letGo()
  const said = await backUp({ file: '/b.db', json: true }, { ...slow, ...LOCAL, folder: '/' })
  expect(slow.written).toEqual([])
  expect(JSON.parse(said)).toEqual({ file: '/b.db', bytes: 1_550_000, epoch: 'e' })
})

test('[OP6] the path of a hub on another machine must be absolute', async () => {
  const slow = slowHub(false)
  slow.letGo()
  const far = { ...slow, url: 'https://hub.example.org', folder: '/here' }
  await expect(backUp({ file: 'b.db', json: false }, far)).rejects.toMatchObject({ code: 'usage' })
  await backUp({ file: '/there/b.db', json: false }, far)
  expect(slow.asked).toEqual(['/there/b.db'])
})
