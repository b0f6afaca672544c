import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '../repository.ts'
import type { Runtime } from './variant.ts'

/** How each runtime is started; null where it is not installed. */
export interface Commands {
  readonly node: string
  readonly bun: string | null
}

export function findCommands(): Commands {
  const bun = join(repositoryRoot(), 'node_modules', '.bin', 'bun')
  if (process.versions['bun'] !== undefined) return { node: 'node', bun: process.execPath }
  return { node: process.execPath, bun: existsSync(bun) ? bun : null }
}

export function runtimesOf({ bun }: Commands): readonly Runtime[] {
  return bun === null ? ['node'] : ['node', 'bun']
}
