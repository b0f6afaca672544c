import { expect, test } from 'vitest'
import { GoneConnections } from './gone-connections.ts'

test('[CO12] the connections that ended last are known, and only so many', () => {
  const gone = new GoneConnections(2)
  for (const connection of ['a', 'b', 'c']) gone.add(connection)
  expect(['a', 'b', 'c', 'd'].map((connection) => gone.has(connection))).toEqual([false, true, true, false])
})
