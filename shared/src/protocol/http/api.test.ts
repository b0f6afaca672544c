import { describe, expect, test } from 'vitest'
import { API_ROUTES } from '../api-routes.ts'
import { shapeProblems, type MessageCase } from '../contract/shape-problems.ts'
import { addDeviceAnswer, addDeviceBody } from './add-device.ts'
import { backupAnswer, backupBody } from './backup.ts'
import { devicesAnswer } from './devices.ts'
import { errorBody } from './error-body.ts'
import { pageQuery } from './page-query.ts'
import {
  patchSessionMetadataAnswer,
  patchSessionMetadataBody,
  patchSessionMetadataConflict,
} from './patch-session-metadata.ts'
import { revokeDeviceAnswer } from './revoke-device.ts'
import { sessionView, sessionViewAnswer } from './session-view.ts'

const DEVICE = {
  id: 'd',
  namespace: 'default',
  name: 'laptop',
  role: 'agent',
  createdAt: 1,
  lastUsedAt: null,
  revokedAt: 2,
}
const VIEW = {
  id: 's',
  tag: 't',
  createdAt: 1,
  updatedAt: 2,
  active: true,
  activeAt: 2,
  thinking: false,
  thinkingAt: 2,
  metadata: { path: '/p', ofSomebodyElse: [1] },
  metadataVersion: 1,
  damaged: ['name'],
  settings: { model: null },
}
const TOKEN = {
  flavor: 'claude',
  value: 't',
  paired: null,
  proof: 'confirmed',
  left: 'superseded',
  machineId: null,
  runtimeId: null,
  run: null,
  setBy: { door: 'http' },
  firstAt: 1,
  at: 2,
  leftAt: 3,
}
const VERDICT = { decision: 'fresh', message: 'm', workDir: null, checks: [] }
const WRITTEN = { result: 'success', version: 2, changed: ['a'], kept: ['path'], rebasedFrom: 1 }

const SHAPES: readonly MessageCase[] = [
  {
    name: 'a session, for people',
    schema: sessionView,
    full: VIEW,
    nullable: ['activeAt', 'thinkingAt'],
    unknown: 'are refused',
  },
  {
    name: 'the answer with it',
    schema: sessionViewAnswer,
    full: { session: VIEW, verdict: VERDICT, runs: [], tokens: [TOKEN] },
    unknown: 'are refused',
  },
  {
    name: 'a patch of its metadata',
    schema: patchSessionMetadataBody,
    full: { patch: { a: 1 }, expectedVersion: 1, mutationId: 'mutation-0000000001', reason: 'r' },
    optional: ['expectedVersion', 'mutationId', 'reason'],
    any: ['patch'],
    unknown: 'are refused',
  },
  {
    name: 'its answer',
    schema: patchSessionMetadataAnswer,
    full: WRITTEN,
    optional: ['rebasedFrom'],
    unknown: 'are refused',
  },
  {
    name: 'its conflict',
    schema: patchSessionMetadataConflict,
    full: {
      error: 'e',
      code: 'version_mismatch',
      result: 'version-mismatch',
      version: 2,
      conflicts: { a: null },
    },
    unknown: 'pass',
  },
  {
    name: 'a new device',
    schema: addDeviceBody,
    full: { name: 'laptop', role: 'viewer' },
    unknown: 'are refused',
  },
  {
    name: 'a new device and its token',
    schema: addDeviceAnswer,
    full: { device: DEVICE, token: 't' },
    unknown: 'are refused',
  },
  {
    name: 'the list of devices',
    schema: devicesAnswer,
    full: { devices: [DEVICE], nextCursor: 'c' },
    nullable: ['nextCursor'],
    unknown: 'are refused',
  },
  {
    name: 'a device that was revoked',
    schema: revokeDeviceAnswer,
    full: { device: DEVICE },
    unknown: 'are refused',
  },
  {
    name: 'where a backup goes',
    schema: backupBody,
    full: { file: '/backup.db' },
    unknown: 'are refused',
  },
  {
    name: 'a backup that was made',
    schema: backupAnswer,
    full: { file: '/backup.db', bytes: 1, epoch: 'e' },
    unknown: 'are refused',
  },
  {
    name: 'what a list is asked for',
    schema: pageQuery,
    full: { limit: '10', cursor: '12' },
    optional: ['limit', 'cursor'],
    unknown: 'are refused',
  },
]

describe('bodies and answers for people and other programs', () => {
  test.each(SHAPES.map((message): [string, MessageCase] => [message.name, message]))(
    '[WI1] %s has exactly its shape',
    (_, message) => {
      expect(shapeProblems(message)).toEqual([])
    },
  )

  test('[WI7] a conflict is an error like every other', () => {
    const conflict = SHAPES.find((message) => message.schema === patchSessionMetadataConflict)?.full
    expect(errorBody.safeParse(conflict).success).toBe(true)
  })

  test('[WI1] every route that takes a body or a query refuses what it does not know', () => {
    const given = Object.values(API_ROUTES).flatMap((route) => [
      ...('body' in route ? [route.body] : []),
      ...('query' in route ? [route.query] : []),
    ])
    for (const schema of given) {
      const issues = schema.safeParse({ unheardOf: '1' }).error?.issues ?? []
      expect(issues.map((issue) => issue.code)).toContain('unrecognized_keys')
    }
  })

  test.each(['1', '10', '1000'])('[WI1] a list may have %s items', (limit) => {
    expect(pageQuery.parse({ limit }).limit).toBe(Number(limit))
  })

  test.each(['0', '-1', '1001', '9999', '1e3', '10abc', ' 1', '', '1.5', '0x10'])(
    '[WI1] "%s" is no number of items',
    (limit) => {
      expect(pageQuery.safeParse({ limit }).success).toBe(false)
    },
  )
})
