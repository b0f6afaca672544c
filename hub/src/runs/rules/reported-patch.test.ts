import type { RunRecord } from '@holdfast/shared/records/run'
import { expect, test } from 'vitest'
import { reportedPatch } from './reported-patch.ts'

const RUN: RunRecord = {
  id: 'run',
  session: 's',
  kind: 'claimed',
  state: 'running',
  flavor: 'codex',
  token: null,
  machineId: 'm1',
  runtimeId: 'r1',
  directory: '/work',
  holder: null,
  contended: false,
  startedAt: 1,
  endedAt: null,
  endedBy: null,
  reason: null,
}

test('[RU5] a token is written with its agent, its machine and its directory', () => {
  expect(reportedPatch(RUN, { token: 't1', leavesArchive: false })).toEqual({
    codexSessionId: 't1',
    flavor: 'codex',
    machineId: 'm1',
    path: '/work',
  })
})

test('[RU5] what the run does not know is left as it is', () => {
  const run = { ...RUN, machineId: null, directory: null }
  expect(reportedPatch(run, { token: 't1', leavesArchive: false })).toEqual({
    codexSessionId: 't1',
    flavor: 'codex',
  })
})

test('[RU5] a directory at the end counts more, and needs no token', () => {
  expect(reportedPatch(RUN, { workDir: '/moved', leavesArchive: false })).toEqual({ path: '/moved' })
})

test('[RI5] only what leaves the archive names its fields', () => {
  expect(reportedPatch(RUN, { token: 't1', leavesArchive: true })).toEqual({
    codexSessionId: 't1',
    flavor: 'codex',
    machineId: 'm1',
    path: '/work',
    lifecycleState: null,
    lifecycleStateSince: null,
    archivedBy: null,
    archiveReason: null,
  })
})
