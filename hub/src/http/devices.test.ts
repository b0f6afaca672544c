import { addDeviceAnswer } from '@holdfast/shared/protocol/http/add-device'
import { devicesAnswer } from '@holdfast/shared/protocol/http/devices'
import { revokeDeviceAnswer } from '@holdfast/shared/protocol/http/revoke-device'
import { describe, expect, test } from 'vitest'
import { DoorWorld, ROOT_TOKEN } from './contract/door-world.ts'

const PATH = '/api/devices'

describe('the tokens of devices', () => {
  test('[SE1] a device is added, listed and taken back', async () => {
    await using world = await DoorWorld.open()
    const added = await world.ask({ method: 'POST', path: PATH, body: { name: 'laptop', role: 'agent' } })
    const { device, token } = addDeviceAnswer.parse(added.body)
    expect(device).toMatchObject({ name: 'laptop', role: 'agent', namespace: 'default', revokedAt: null })

    const listed = await world.ask({ path: PATH })
    expect(devicesAnswer.parse(listed.body)).toMatchObject({ devices: [{ id: device.id }], nextCursor: null })
    expect(listed.text).not.toContain(token)

    expect((await world.ask({ path: '/cli/machines/m', token })).status).toBe(404)
    const revoked = await world.ask({ method: 'DELETE', path: `${PATH}/${device.id}` })
    expect(revokeDeviceAnswer.parse(revoked.body).device).toEqual({
      ...device,
      revokedAt: world.time,
      lastUsedAt: null,
    })
  })

  test('[SE1] H84 a token that was taken back opens nothing from then on', async () => {
    await using world = await DoorWorld.open()
    const { id, token } = await world.device('admin')
    expect((await world.ask({ path: PATH, token })).status).toBe(200)
    await world.ask({ method: 'DELETE', path: `${PATH}/${id}` })
    expect(await world.ask({ path: PATH, token })).toMatchObject({
      status: 401,
      body: { code: 'unauthorized' },
    })
  })

  test('[SE1] the list comes in pages', async () => {
    await using world = await DoorWorld.open()
    const made: string[] = []
    for (let count = 0; count < 5; count += 1) made.push((await world.device('viewer')).id)
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null && seen.length < 10) {
      const path = `${PATH}?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`
      const page = devicesAnswer.parse((await world.ask({ path })).body)
      seen.push(...page.devices.map((device) => device.id))
      cursor = page.nextCursor
    }
    expect(seen).toEqual(made.toReversed())
  })

  test.each(['viewer', 'agent'])('[SE1] H83 a %s may not manage them', async (role) => {
    await using world = await DoorWorld.open()
    const { id, token } = await world.device(role)
    for (const [method, path, body] of [
      ['GET', PATH, undefined],
      ['POST', PATH, { name: 'n', role: 'admin' }],
      ['DELETE', `${PATH}/${id}`, undefined],
    ] as const) {
      const answer = await world.ask({ method, path, body, token })
      expect(answer).toMatchObject({ status: 403, body: { code: 'access_denied' } })
    }
  })

  test('[SE2] the devices of another tenant are not there', async () => {
    await using world = await DoorWorld.open()
    const { id, token } = await world.device('admin')
    const other = `${ROOT_TOKEN}:b`
    expect((await world.ask({ path: PATH, token: other })).body).toEqual({ devices: [], nextCursor: null })
    const revoked = await world.ask({ method: 'DELETE', path: `${PATH}/${id}`, token: other })
    expect(revoked).toMatchObject({ status: 404, body: { code: 'device_not_found' } })
    expect((await world.ask({ path: PATH, token })).status).toBe(200)
  })
})
