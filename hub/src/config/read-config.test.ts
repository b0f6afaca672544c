import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig } from './read-config.ts'

test('the home folder is ~/.holdfast unless HOLDFAST_HOME says otherwise', () => {
  expect(readConfig({}).database).toBe(join(homedir(), '.holdfast', 'holdfast.db'))
  expect(readConfig({ HOLDFAST_HOME: '' }).home).toBe(join(homedir(), '.holdfast'))
  expect(readConfig({ HOLDFAST_HOME: '/srv/hf' })).toEqual({
    home: '/srv/hf',
    database: '/srv/hf/holdfast.db',
  })
})

test.each(['relative/path', '~/holdfast', '$HOME/x'])('HOLDFAST_HOME=%s is refused by name', (home) => {
  expect(() => readConfig({ HOLDFAST_HOME: home })).toThrow(/^HOLDFAST_HOME must be an absolute path/)
})
