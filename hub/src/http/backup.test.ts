import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { backupAnswer } from '@holdfast/shared/protocol/http/backup'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Workshop } from '../store/sqlite/contract/workshop.ts'
import { DoorWorld, ROOT_TOKEN, type Answered } from './contract/door-world.ts'

let workshop: Workshop
let world: DoorWorld

beforeEach(async () => {
  workshop = new Workshop()
  world = workshop.closing(await DoorWorld.open({ path: workshop.database }))
})

afterEach(() => workshop.remove())

function backUp(file: unknown, token: string | null = ROOT_TOKEN): Promise<Answered> {
  return world.ask({ method: 'POST', path: '/api/backup', body: { file }, token })
}

describe('a backup that is asked for over HTTP', () => {
  test('[OP6] lies where it was asked for, whole', async () => {
    const file = workshop.file('backup.db')
    const answer = await backUp(file)
    expect(answer.status).toBe(200)
    expect(backupAnswer.parse(answer.body)).toEqual({
      file,
      bytes: statSync(file).size,
      epoch: world.store.epoch,
    })
  })

  test.each(['viewer', 'agent', 'admin'])(
    '[OP6] [SE1] is not made for a device, even as %s',
    async (role) => {
      const { token } = await world.device(role)
      const answer = await backUp(workshop.file('backup.db'), token)
      expect(answer).toMatchObject({ status: 403, body: { code: 'access_denied' } })
      expect(existsSync(workshop.file('backup.db'))).toBe(false)
    },
  )

  test('[OP6] [SE2] is not made for nobody', async () => {
    expect((await backUp(workshop.file('backup.db'), null)).status).toBe(401)
    expect((await backUp(workshop.file('backup.db'), 'no-token-of-this-hub')).status).toBe(401)
  })

  test.each([
    'backup.db',
    './backup.db',
    '~/backup.db',
    '/',
    '/tmp/',
    '/tmp/../backup.db',
    '/tmp/./backup.db',
    '/tmp//backup.db',
    'file:///tmp/backup.db',
  ])('[OP6] %s is no absolute path of a file', async (file) => {
    expect(await backUp(file)).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', field: 'file' },
    })
  })

  test.each([
    ['a NUL', '/tmp/a\u0000.db'],
    ['no text', ''],
    ['a number', 5],
    ['too long', `/${'x'.repeat(1024)}`],
  ])('[OP6] %s is refused', async (_, file) => {
    const answer = await backUp(file)
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.status).toBeLessThan(500)
  })

  test('[OP6] a file that is there and one of the database are refused', async () => {
    writeFileSync(workshop.file('precious'), 'precious')
    expect(await backUp(workshop.file('precious'))).toMatchObject({
      status: 409,
      body: { code: 'file_exists' },
    })
    for (const file of [workshop.database, `${workshop.database}-wal`])
      expect(await backUp(file)).toMatchObject({ status: 503, body: { code: 'database_unusable' } })
    expect(readdirSync(workshop.folder).filter((name) => name.endsWith('.part'))).toEqual([])
  })
  test('[OP6] a folder that is not there, or is none, is a mistake of who asks', async () => {
    writeFileSync(workshop.file('precious'), 'precious')
    for (const folder of [workshop.file('nowhere'), workshop.file('precious')]) {
      const answer = await backUp(`${folder}/backup.db`)
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request', field: 'file' } })
      expect(answer.text).toContain(`There is no folder ${folder} `)
    }
    expect(existsSync(workshop.file('nowhere'))).toBe(false)
  })
})
