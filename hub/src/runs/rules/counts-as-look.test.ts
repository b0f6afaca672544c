import { transcriptStateSchema, type TranscriptState } from '@holdfast/shared/resume/evidence'
import { expect, test } from 'vitest'
import { countsAsLook } from './counts-as-look.ts'

const where = (machineId: string | null, runtimeId: string | null) => ({ machineId, runtimeId })
const ALL = transcriptStateSchema.options

test.each<[string, (string | null)[], (string | null)[], readonly TranscriptState[]]>([
  ['the same machine and runtime', ['m1', 'r1'], ['m1', 'r1'], ALL],
  ['another runtime', ['m1', 'r1'], ['m1', 'r2'], []],
  ['a runtime that it does not say', ['m1', 'r1'], ['m1', null], []],
  ['a runtime that is not on record', ['m1', null], ['m1', 'r1'], ['present']],
  ['no runtime at all', ['m1', null], ['m1', null], ['present']],
  ['another machine', ['m1', 'r1'], ['m2', 'r1'], []],
  ['a machine that is not on record', [null, 'r1'], ['m1', 'r1'], []],
])('[RV6] %s', (_, [tokenM = null, tokenR = null], [machine = null, runtime = null], counts) => {
  const counted = ALL.filter((found) => countsAsLook(where(tokenM, tokenR), where(machine, runtime), found))
  expect(counted).toEqual(counts)
})
