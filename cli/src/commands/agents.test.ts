import { AGENTS } from '@holdfast/shared/agents/registry'
import { expect, test } from 'vitest'
import { agentsText } from './agents.ts'

test('every known agent has a line with its token field', () => {
  const lines = agentsText(false).trim().split('\n')
  expect(lines).toHaveLength(AGENTS.length + 1)
  expect(lines.find((line) => line.startsWith('cursor '))).toMatch(
    /Cursor +cursorSessionId +cursorSessionProtocol$/,
  )
  expect(lines.find((line) => line.startsWith('dsh '))).toMatch(/keeps no token$/)
})

test('as JSON it is the registry', () => {
  expect(JSON.parse(agentsText(true))).toEqual(AGENTS)
})
