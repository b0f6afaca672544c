import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repositoryRoot } from '../repository.ts'
import { replaceOnce } from './layout.ts'
import { DOOR_MUTANTS } from './doors/door-mutants.ts'
import { BRIEF_HUB } from './doors/fan-out/brief-hub.ts'
import { STORE_MUTANTS } from './mutant-list.ts'
import { RUN_MUTANTS } from './runs/run-mutants.ts'

test('a text is replaced where it stands exactly once', () => {
  const edit = { file: 'f', find: 'a(b)', replace: '$& c' }
  expect(replaceOnce('x a(b) y', edit)).toBe('x $& c y')
  expect(() => replaceOnce('x y', edit)).toThrow('f has 0 times')
  expect(() => replaceOnce('a(b) a(b)', edit)).toThrow('f has 2 times')
})

test('the mutants have names of their own and a text to replace in every file', () => {
  const mutants = [...STORE_MUTANTS, ...DOOR_MUTANTS, ...RUN_MUTANTS]
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
  const root = repositoryRoot()
  for (const { edits } of [...mutants, BRIEF_HUB]) {
    expect(edits.length).toBeGreaterThan(0)
    for (const { file, find, replace } of edits) {
      expect(find).not.toBe(replace)
      const source = join(root, file.replace('/dist/', '/src/').replace(/\.js$/, '.ts'))
      expect(existsSync(source)).toBe(true)
      // The compiler adds semicolons and keeps the rest of these texts.
      const text = readFileSync(source, 'utf8').replaceAll(/\s+/g, ' ')
      expect(text).toContain(find.replace(/;$/, '').replaceAll(/\s+/g, ' '))
    }
  }
})
