import { randomBytes } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Log } from '../log/log.ts'
import type { StoredDevice } from '../store/store.ts'
import { openGateWorld, ROOT_TOKEN } from './contract/gate-world.ts'
import { writeDeviceToken } from './device-token.ts'
import { sha256 } from './sha256.ts'
import { TokenGate } from './token-gate.ts'

const MINUTE_MS = 60_000
const SECRET = randomBytes(32).toString('base64url')

/** The answer to a token that is nobody's: whatever is wrong with it, these words and no others. */
const UNAUTHORIZED = {
  kind: 'refused',
  code: 'unauthorized',
  message: 'The access token is missing or not valid. Check the token of this client.',
}

const WRONG: readonly (readonly [string, string])[] = [
  ...[0, 1, 15, 31, 32, 33, 52, 53, 1024, 1025, 10_000].map(
    (n) => [`${n} characters`, 'x'.repeat(n)] as const,
  ),
  ['all but the last character', ROOT_TOKEN.slice(0, -1)],
  ['one more character', `${ROOT_TOKEN}x`],
  ['a space before', ` ${ROOT_TOKEN}`],
  ['a space behind', `${ROOT_TOKEN} `],
  ['a line break behind', `${ROOT_TOKEN}\n`],
  ['other letters', ROOT_TOKEN.toUpperCase()],
  ['a scheme before', `Bearer ${ROOT_TOKEN}`],
  ['two tokens', `${ROOT_TOKEN}, ${ROOT_TOKEN}`],
  ['an empty namespace', `${ROOT_TOKEN}:`],
  ['no base', ':default'],
  ['a namespace with NUL', `${ROOT_TOKEN}:a\u0000b`],
  ['a namespace with half a character', `${ROOT_TOKEN}:\ud800`],
  ['a namespace that is too long', `${ROOT_TOKEN}:${'n'.repeat(129)}`],
  ['a text that is too long with the right base', `${ROOT_TOKEN}:${'n'.repeat(1024)}`],
  ['half a character', '\ud800'],
  ['members of every object', '__proto__'],
  ['a device that is not there', writeDeviceToken({ device: 'nobody', secret: SECRET })],
  [
    'a device named like a member of every object',
    writeDeviceToken({ device: 'constructor', secret: SECRET }),
  ],
  ['a device without a secret', 'holdfastd_laptop.'],
  ['a device without an id', `holdfastd_.${SECRET}`],
  ['the secret alone', SECRET],
]

describe('the root token', () => {
  test.each(WRONG)('[SE2] %s gets the same answer as every wrong token', async (_, token) => {
    await using world = await openGateWorld()
    expect(await world.gate.authenticate({ token, address: 'a' })).toEqual(UNAUTHORIZED)
  })

  test('[SE2] no token gets the same answer, and counts as no attempt', async () => {
    await using world = await openGateWorld()
    for (let n = 0; n < 100; n += 1)
      expect(await world.gate.authenticate({ token: undefined, address: 'a' })).toEqual(UNAUTHORIZED)
  })

  test('[CO8] without a namespace it is default, as admin and no device', async () => {
    await using world = await openGateWorld()
    expect(await world.enter(ROOT_TOKEN)).toEqual({ namespace: 'default', role: 'admin', device: null })
  })

  test.each(['team', 'a:b', ':', 'with space', 'é', '日本', '../..', '__proto__', 'n'.repeat(128)])(
    '[CO8] what stands behind the first colon is the namespace: %s',
    async (namespace) => {
      await using world = await openGateWorld()
      expect(await world.enter(`${ROOT_TOKEN}:${namespace}`)).toMatchObject({ namespace, role: 'admin' })
    },
  )

  test('[SE2] no text but the token itself opens the hub', async () => {
    await using world = await openGateWorld()
    const near = fc.oneof(
      fc.string({ maxLength: 1200 }),
      fc.string({ unit: 'binary', maxLength: 100 }),
      fc.nat(ROOT_TOKEN.length - 1).map((end) => ROOT_TOKEN.slice(0, end)),
      fc
        .tuple(fc.nat(ROOT_TOKEN.length - 1), fc.string({ minLength: 1, maxLength: 1 }))
        .map(([at, other]) => {
          return `${ROOT_TOKEN.slice(0, at)}${other}${ROOT_TOKEN.slice(at + 1)}`
        }),
    )
    await fc.assert(
      fc.asyncProperty(near, async (token) => {
        fc.pre(token.split(':')[0] !== ROOT_TOKEN)
        expect(await world.codeOf(token)).not.toBe('in')
      }),
    )
  })
})

describe('the token of a device', () => {
  test('[SE1] speaks for its device, in its namespace, with its role', async () => {
    await using world = await openGateWorld()
    const { device, token } = await world.add({ role: 'viewer' }, 'team')
    const caller = { namespace: 'team', role: 'viewer', device: device.id }
    expect(await world.enter(token)).toEqual(caller)
    expect(await world.enter(`${token}:team`)).toEqual(caller)
  })

  test.each(['default', 'Team', 'team ', 'tea', 'team2', 'team:', ''])(
    '[SE2] naming the namespace "%s" makes it nobody',
    async (namespace) => {
      await using world = await openGateWorld()
      const { token } = await world.add({}, 'team')
      await world.enter(token)
      expect(await world.gate.authenticate({ token: `${token}:${namespace}`, address: 'a' })).toEqual(
        UNAUTHORIZED,
      )
    },
  )

  test('[SE2] any change to it gets the answer of every wrong token', async () => {
    await using world = await openGateWorld()
    const [{ token }, other] = [await world.add(), await world.add()]
    const [head = '', secret = ''] = token.split('.')
    const flipped = `${secret.startsWith('A') ? 'B' : 'A'}${secret.slice(1)}`
    const wrong = [
      `${head}.${flipped}`,
      `${head}.${secret.slice(0, -1)}`,
      `${head}.${secret}A`,
      `${head}.${'A'.repeat(43)}`,
      `${head}_${secret}`,
      `${head}${secret}`,
      `${head}..${secret}`,
      `${head.toUpperCase()}.${secret}`,
      `${head}.${other.token.split('.')[1]}`,
      `${other.token.split('.')[0]}.${secret}`,
      ` ${token}`,
      `${token}\n`,
      head,
      secret,
    ]
    for (const text of wrong)
      expect(await world.gate.authenticate({ token: text, address: text })).toEqual(UNAUTHORIZED)
    expect(await world.codeOf(token)).toBe('in')
  })

  test('[SE2] one namespace never enters another, whatever tokens and suffixes meet', async () => {
    await using world = await openGateWorld()
    const names = ['a', 'b', 'a:b']
    const tokens = await Promise.all(names.map(async (name) => (await world.add({}, name)).token))
    for (const [at, token] of tokens.entries())
      for (const name of names)
        expect(await world.codeOf(`${token}:${name}`, `${at}${name}`)).toBe(
          names[at] === name ? 'in' : 'unauthorized',
        )
  })

  test('[SE2] a wrong secret takes a look into the store, whether there is such a device or not', async () => {
    const asked: string[] = []
    const gate = gateOver((id) => {
      asked.push(id)
      return Promise.resolve(id === 'there' ? storedDevice({ id, hash: sha256(SECRET) }) : null)
    })
    const enter = (device: string, secret: string) =>
      gate.authenticate({ token: writeDeviceToken({ device, secret }), address: 'a' })
    await enter('there', SECRET)
    for (let n = 0; n < 3; n += 1) for (const id of ['there', 'not']) await enter(id, 'x'.repeat(43))
    expect(asked).toEqual(['there', 'there', 'not', 'there', 'not', 'there', 'not'])
  })

  test('[SE2] a damaged hash in the store lets nobody in and ends nothing', async () => {
    for (const hash of [new Uint8Array(0), new Uint8Array(31), new Uint8Array(33), sha256('other')]) {
      const gate = gateOver((id) => Promise.resolve(storedDevice({ id, hash })))
      const token = writeDeviceToken({ device: 'there', secret: SECRET })
      expect(await gate.authenticate({ token, address: 'a' })).toEqual(UNAUTHORIZED)
    }
  })

  test('[SE2] a store that fails is no wrong token: the failure goes on to the door', async () => {
    await using world = await openGateWorld()
    const { token } = await world.add()
    await world.store.close()
    const failed = world.gate.authenticate({ token, address: 'a' })
    await expect(failed).rejects.toMatchObject({ code: 'store_stopped' })
    expect(await world.codeOf(ROOT_TOKEN)).toBe('in')
  })
})

describe('a device that was taken back', () => {
  test('[SE1] is nobody from then on, also right after it was let in', async () => {
    await using world = await openGateWorld()
    const { device, token } = await world.add()
    expect(await world.codeOf(token)).toBe('in')
    await world.devices.revoke(await world.enter(ROOT_TOKEN), device.id)
    expect(await world.gate.authenticate({ token, address: 'a' })).toEqual(UNAUTHORIZED)
    world.clock.now += 10 * MINUTE_MS
    expect(await world.codeOf(token)).toBe('unauthorized')
  })

  test('[SE1] takes no other device with it', async () => {
    await using world = await openGateWorld()
    const [one, other] = [await world.add(), await world.add()]
    await world.devices.revoke(await world.enter(ROOT_TOKEN), one.device.id)
    expect(await world.codeOf(other.token)).toBe('in')
  })

  test('[SE1] is not let in by what was read of it before', async () => {
    const stored = storedDevice({ id: 'there', hash: sha256(SECRET) })
    const answers: ((device: StoredDevice) => void)[] = []
    const gate = gateOver(() => new Promise((resolve) => answers.push(resolve)))
    const token = writeDeviceToken({ device: 'there', secret: SECRET })
    const entering = gate.authenticate({ token, address: 'a' })
    gate.revoked('there')
    answers[0]?.(stored)
    await until(() => answers.length === 2)
    answers[1]?.({ ...stored, revokedAt: 1 })
    expect(await entering).toEqual(UNAUTHORIZED)
  })

  test('[SE1] is looked up again after a minute, should anybody else have taken it back', async () => {
    await using world = await openGateWorld()
    const { device, token } = await world.add()
    expect(await world.codeOf(token)).toBe('in')
    await world.store.revokeDevice({ namespace: 'default', device: device.id })
    world.clock.now += MINUTE_MS
    expect(await world.codeOf(token)).toBe('unauthorized')
  })

  test('[SE1] is told to every listener, also behind one that fails, and to none that went away', async () => {
    await using world = await openGateWorld()
    const { device } = await world.add()
    const heard: string[] = []
    world.gate.onRevoked(() => {
      throw new Error('no')
    })
    world.gate.onRevoked((id) => heard.push(id))
    const stop = world.gate.onRevoked((id) => heard.push(`gone ${id}`))
    stop()
    await world.devices.revoke(await world.enter(ROOT_TOKEN), device.id)
    expect(heard).toEqual([device.id])
    expect(world.lines).toHaveLength(1)
  })
})

describe('too many wrong tokens', () => {
  test('[SE5] are told apart by the answer, from that address and for a while', async () => {
    await using world = await openGateWorld()
    const codes: string[] = []
    for (let n = 0; n < 25; n += 1) codes.push(await world.codeOf(`wrong ${n}`, 'a'))
    expect(codes).toEqual([...Array(20).fill('unauthorized'), ...Array(5).fill('rate_limited')])
    expect(await world.codeOf('wrong', 'b')).toBe('unauthorized')
    world.clock.now += MINUTE_MS
    expect(await world.codeOf('wrong', 'a')).toBe('unauthorized')
  })

  test('[SE5] keep no right one out: others may sit behind the same address', async () => {
    await using world = await openGateWorld()
    const { token } = await world.add()
    for (let n = 0; n < 100; n += 1) await world.codeOf('wrong', 'a')
    expect(await world.codeOf('wrong', 'a')).toBe('rate_limited')
    expect(await world.codeOf(token, 'a')).toBe('in')
    expect(await world.codeOf(ROOT_TOKEN, 'a')).toBe('in')
  })

  test('[SE4] neither the answers nor the log show a token', async () => {
    await using world = await openGateWorld()
    const { token } = await world.add({}, 'team')
    const shown: string[] = []
    for (let n = 0; n < 30; n += 1)
      for (const text of [`${ROOT_TOKEN}x`, `${token}x`, `${token}:other`])
        shown.push(JSON.stringify(await world.gate.authenticate({ token: text, address: 'a' })))
    const everything = [...shown, ...world.lines].join('\n')
    for (const secret of [ROOT_TOKEN, token, token.split('.')[1] ?? ''])
      expect(everything).not.toContain(secret)
  })
})

describe('the last use of a device', () => {
  test('[SE1] is written down when the gate ends, and seen in the list', async () => {
    await using world = await openGateWorld()
    const { token } = await world.add()
    const root = await world.enter(ROOT_TOKEN)
    expect(await world.devices.list(root, { limit: 10 })).toMatchObject({ items: [{ lastUsedAt: null }] })
    await world.codeOf(token)
    const usedAt = world.clock.now
    world.clock.now += 5000
    await world.gate[Symbol.asyncDispose]()
    expect(await world.devices.list(root, { limit: 10 })).toMatchObject({ items: [{ lastUsedAt: usedAt }] })
  })

  test('[SE1] is not a thing that a wrong token changes', async () => {
    await using world = await openGateWorld()
    const { token } = await world.add()
    await world.codeOf(`${token}:other`)
    await world.codeOf(`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`)
    await world.gate[Symbol.asyncDispose]()
    const list = await world.devices.list(await world.enter(ROOT_TOKEN), { limit: 10 })
    expect(list).toMatchObject({ items: [{ lastUsedAt: null }] })
  })
})

const SILENT: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

/** A gate over a store that answers what and when the test says. */
function gateOver(findDevice: (device: string) => Promise<StoredDevice | null>): TokenGate {
  const store = { findDevice, noteDeviceUse: () => Promise.resolve() }
  return new TokenGate({ store, rootToken: ROOT_TOKEN, now: () => 1000, log: SILENT })
}

async function until(holds: () => boolean): Promise<void> {
  for (let looks = 0; looks < 1000 && !holds(); looks += 1) await new Promise(setImmediate)
}

function storedDevice(more: Partial<StoredDevice> & Pick<StoredDevice, 'id' | 'hash'>): StoredDevice {
  return {
    namespace: 'default',
    name: 'n',
    role: 'agent',
    createdAt: 1,
    lastUsedAt: null,
    revokedAt: null,
    ...more,
  }
}
