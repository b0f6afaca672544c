import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROLES } from '@holdfast/shared/records/device'
import type { Caller } from './caller.ts'
import { openGateWorld, ROOT_TOKEN } from './contract/gate-world.ts'

const TEAM: Caller = { namespace: 'team', role: 'admin', device: null }
const OTHER: Caller = { namespace: 'other', role: 'admin', device: null }

describe('adding a device', () => {
  test('[SE1] gives a token of 256 random bits, once', async () => {
    await using world = await openGateWorld()
    const tokens = new Set<string>()
    for (let n = 0; n < 50; n += 1) {
      const { device, token } = await world.add()
      expect(token).toMatch(/^holdfastd_[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}$/)
      expect(token.startsWith(`holdfastd_${device.id}.`)).toBe(true)
      expect(Buffer.from(token.split('.')[1] ?? '', 'base64url')).toHaveLength(32)
      tokens.add(token.split('.')[1] ?? '')
    }
    expect(tokens.size).toBe(50)
  })

  test.each(ROLES)(
    '[SE1] as %s makes a device of that role in the namespace of who adds it',
    async (role) => {
      await using world = await openGateWorld()
      expect(await world.devices.add(TEAM, { name: 'laptop', role })).toMatchObject({
        device: { namespace: 'team', name: 'laptop', role, lastUsedAt: null, revokedAt: null },
      })
    },
  )

  test.each(['', 'x'.repeat(129), 'half \ud800', 'NUL \u0000'])('[SE1] named %j is refused', async (name) => {
    await using world = await openGateWorld()
    const answer = await world.devices.add(TEAM, { name, role: 'agent' })
    expect(answer).toMatchObject({ kind: 'refused', code: 'invalid_request', field: 'name' })
  })

  test('[SE4] leaves nothing of the token in the database', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-devices-'))
    try {
      let token = ''
      {
        await using world = await openGateWorld(join(folder, 'holdfast.db'))
        token = (await world.add()).token
        await world.codeOf(token)
        await world.codeOf(ROOT_TOKEN)
      }
      const bytes = Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))))
      const [head = '', secret = ''] = token.split('.')
      expect(bytes.includes(head.slice('holdfastd_'.length))).toBe(true)
      for (const text of [secret, secret.slice(0, 16), secret.slice(-16), ROOT_TOKEN])
        expect(bytes.includes(text)).toBe(false)
      expect(bytes.includes(Buffer.from(secret, 'base64url'))).toBe(false)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('[SE1] holds over a restart, and so does taking it back', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-devices-'))
    try {
      const database = join(folder, 'holdfast.db')
      const tokens: string[] = []
      {
        await using world = await openGateWorld(database)
        const [kept, gone] = [await world.add(), await world.add()]
        tokens.push(kept.token, gone.token)
        await world.devices.revoke(await world.enter(ROOT_TOKEN), gone.device.id)
      }
      await using world = await openGateWorld(database)
      expect(await Promise.all(tokens.map((token) => world.codeOf(token)))).toEqual(['in', 'unauthorized'])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('who may', () => {
  test.each(['viewer', 'agent'] as const)('[SE1] a %s may neither add, list nor revoke', async (role) => {
    await using world = await openGateWorld()
    const { device, token } = await world.add({ role })
    const caller = await world.enter(token)
    const answers = [
      await world.devices.add(caller, { name: 'mine', role: 'viewer' }),
      await world.devices.list(caller, { limit: 10 }),
      await world.devices.revoke(caller, device.id),
    ]
    for (const answer of answers) expect(answer).toMatchObject({ kind: 'refused', code: 'access_denied' })
    expect(await world.codeOf(token)).toBe('in')
  })

  test('[SE1] a device that is admin may, in its own namespace', async () => {
    await using world = await openGateWorld()
    const admin = await world.enter((await world.add({ role: 'admin' }, 'team')).token)
    const added = await world.devices.add(admin, { name: 'new', role: 'agent' })
    if ('kind' in added) throw new Error(added.code)
    expect(added.device.namespace).toBe('team')
    expect(await world.devices.revoke(admin, added.device.id)).toMatchObject({ revokedAt: world.clock.now })
    expect(await world.codeOf(added.token)).toBe('unauthorized')
  })

  test('[SE2] a device of another namespace looks like one that does not exist', async () => {
    await using world = await openGateWorld()
    const { device, token } = await world.add({}, 'team')
    const heard: string[] = []
    world.gate.onRevoked((id) => heard.push(id))
    const foreign = await world.devices.revoke(OTHER, device.id)
    expect(foreign).toMatchObject({ kind: 'refused', code: 'device_not_found' })
    expect(await world.devices.revoke(OTHER, 'nobody')).toEqual(foreign)
    expect(await world.devices.revoke(OTHER, "' or 1=1 --")).toEqual(foreign)
    expect(await world.devices.list(OTHER, { limit: 10 })).toEqual({ items: [], nextCursor: null })
    expect(heard).toEqual([])
    expect(await world.codeOf(token)).toBe('in')
  })
})

describe('taking a device back', () => {
  test('[SE1] is told to those who hold its connections after the store has it, before the answer', async () => {
    await using world = await openGateWorld()
    const { device } = await world.add({}, 'team')
    const seen: Promise<unknown>[] = []
    const order: string[] = []
    world.gate.onRevoked((id) => {
      order.push(`heard ${id}`)
      seen.push(world.store.findDevice(id))
    })
    world.clock.now += 7
    const answer = await world.devices.revoke(TEAM, device.id)
    order.push('answered')
    expect(answer).toEqual({ ...device, revokedAt: world.clock.now })
    expect(order).toEqual([`heard ${device.id}`, 'answered'])
    expect(await seen[0]).toMatchObject({ revokedAt: world.clock.now })
  })

  test('[SE1] a second time keeps the first', async () => {
    await using world = await openGateWorld()
    const { device } = await world.add({}, 'team')
    const first = await world.devices.revoke(TEAM, device.id)
    world.clock.now += 1000
    expect(await world.devices.revoke(TEAM, device.id)).toEqual(first)
  })

  test('[SE4] and listing devices tell no hash', async () => {
    await using world = await openGateWorld()
    const { device } = await world.add({}, 'team')
    const told = [
      await world.devices.list(TEAM, { limit: 10 }),
      await world.devices.revoke(TEAM, device.id),
      device,
    ]
    expect(JSON.stringify(told)).not.toContain('hash')
  })
})
