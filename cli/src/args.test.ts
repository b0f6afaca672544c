import { expect, test } from 'vitest'
import { parseArgs, type Command } from './args.ts'

test.each<[string, Command]>([
  ['', { kind: 'help' }],
  ['--help', { kind: 'help' }],
  ['--version', { kind: 'version' }],
  ['agents', { kind: 'agents', json: false }],
  ['agents --json', { kind: 'agents', json: true }],
  ['agents --jsno', { kind: 'usage', error: 'holdfast agents does not take "--jsno".' }],
  ['agents --help', { kind: 'help', topic: 'agents' }],
  ['hub', { kind: 'hub' }],
  ['hub --help', { kind: 'help', topic: 'hub' }],
  ['hub now', { kind: 'usage', error: 'holdfast hub does not take "now".' }],
  ['hub --json', { kind: 'usage', error: 'holdfast hub does not take "--json".' }],
  ['backup /b.db', { kind: 'backup', file: '/b.db', json: false }],
  ['backup --json /b.db', { kind: 'backup', file: '/b.db', json: true }],
  ['backup -- --odd.db', { kind: 'backup', file: '--odd.db', json: false }],
  ['backup', { kind: 'usage', error: 'holdfast backup needs FILE.' }],
  ['backup a b', { kind: 'usage', error: 'holdfast backup does not take "b".' }],
  ['backup --force a', { kind: 'usage', error: 'holdfast backup does not take "--force".' }],
  ['backup a --role admin', { kind: 'usage', error: 'holdfast backup does not take "--role".' }],
  ['restore /b.db --json', { kind: 'restore', file: '/b.db', json: true }],
  ['restore --help', { kind: 'help', topic: 'restore' }],
  ['device', { kind: 'usage', error: 'holdfast device takes add, list or revoke.' }],
  ['device add laptop', { kind: 'device-add', name: 'laptop', role: 'agent', json: false }],
  ['device add laptop --role viewer', { kind: 'device-add', name: 'laptop', role: 'viewer', json: false }],
  ['device add --role=admin laptop', { kind: 'device-add', name: 'laptop', role: 'admin', json: false }],
  ['device add laptop --role', { kind: 'usage', error: 'The role of a device is viewer, agent or admin.' }],
  [
    'device add laptop --role root',
    { kind: 'usage', error: 'The role of a device is viewer, agent or admin.' },
  ],
  ['device add', { kind: 'usage', error: 'holdfast device add needs NAME.' }],
  ['device list --json', { kind: 'device-list', json: true }],
  ['device list --role viewer', { kind: 'usage', error: 'holdfast device list does not take "--role".' }],
  ['device revoke abc', { kind: 'device-revoke', id: 'abc', json: false }],
  ['device revoke', { kind: 'usage', error: 'holdfast device revoke needs ID.' }],
  ['fly', { kind: 'usage', error: 'There is no command "fly".' }],
])('%s', (line, command) => {
  expect(parseArgs(line.split(' ').filter((word) => word !== ''))).toEqual(command)
})

test('what was typed is shown short and on one line', () => {
  const command = parseArgs([`a\u001b[2J\n${'x'.repeat(100)}`])
  expect(command).toEqual({ kind: 'usage', error: `There is no command "a?[2J?${'x'.repeat(34)}".` })
})
