import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { repositoryRoot } from '../repository.ts'
import { CATALOGUE } from './catalogue.ts'
import { applyMutant, chooseMutants, type Mutant } from './mutant.ts'

const mutant = (changes: Partial<Mutant> = {}): Mutant => ({
  id: 'm1',
  why: 'it is wrong',
  file: 'a.ts',
  find: 'a < b',
  replace: 'a <= b',
  caughtBy: { files: ['a.test.ts'], title: '[A1]' },
  ...changes,
})

describe('applyMutant', () => {
  test('replaces the text where it stands, taken as it is', () => {
    expect(applyMutant(mutant(), 'if (a < b) c')).toBe('if (a <= b) c')
    expect(applyMutant(mutant({ replace: '$& $1' }), 'a < b')).toBe('$& $1')
  })

  test('text that is missing, there twice, empty or left as it was is an error', () => {
    expect(() => applyMutant(mutant(), 'a > b')).toThrow('not in a.ts')
    expect(() => applyMutant(mutant(), 'a < b; a < b')).toThrow('more than once')
    expect(() => applyMutant(mutant({ find: 'aa' }), 'aaa')).toThrow('more than once')
    expect(() => applyMutant(mutant({ find: '' }), 'aaa')).toThrow('not in')
    expect(() => applyMutant(mutant({ replace: 'a < b' }), 'a < b')).toThrow('changes nothing')
  })
})

describe('chooseMutants', () => {
  const [one, two] = [mutant({ id: 'one' }), mutant({ id: 'two' })]

  test('all of them, or those that are named', () => {
    expect(chooseMutants([one, two], [])).toEqual([one, two])
    expect(chooseMutants([one, two], ['two'])).toEqual([two])
  })

  test('an unknown id and one that is there twice are errors', () => {
    expect(() => chooseMutants([one, two], ['three'])).toThrow('three')
    expect(() => chooseMutants([one, one], [])).toThrow('one')
  })
})

test('every mutant of the catalogue fits the source as it is', () => {
  const root = repositoryRoot()
  const misfits = chooseMutants(CATALOGUE, []).flatMap((entry) => {
    try {
      applyMutant(entry, readFileSync(join(root, entry.file), 'utf8'))
      return []
    } catch (error) {
      return [String(error)]
    }
  })
  expect(misfits).toEqual([])
})
