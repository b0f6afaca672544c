import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import { storeContract } from '../contract/store-contract.ts'
import { openSqliteStore } from './sqlite-store.ts'

const folders: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

storeContract('sqlite file', (options) => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-contract-'))
  folders.push(folder)
  return openSqliteStore(join(folder, 'holdfast.db'), options)
})

storeContract('sqlite in memory', (options) => openSqliteStore(':memory:', options))
