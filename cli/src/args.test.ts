import { expect, test } from 'vitest'
import { parseArgs, type Command } from './args.ts'

test.each<[string, Command]>([
  ['', { kind: 'help' }],
  ['--help', { kind: 'help' }],
  ['--version', { kind: 'version' }],
  ['agents', { kind: 'agents', json: false }],
  ['agents --json', { kind: 'agents', json: true }],
  ['agents --jsno', { kind: 'usage', error: 'holdfast agents does not take "--jsno".' }],
  ['fly', { kind: 'usage', error: 'There is no command "fly".' }],
])('%s', (line, command) => {
  expect(parseArgs(line.split(' ').filter((word) => word !== ''))).toEqual(command)
})

test('what was typed is shown short and on one line', () => {
  const command = parseArgs([`a\u001b[2J\n${'x'.repeat(100)}`])
  expect(command).toEqual({ kind: 'usage', error: `There is no command "a?[2J?${'x'.repeat(34)}".` })
})
