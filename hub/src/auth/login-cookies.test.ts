import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Caller } from './caller.ts'
import { LOGIN_COOKIE, LOGIN_SECONDS, LoginCookies } from './login-cookies.ts'

const ROOT = 'root-token-of-these-tests'
const ROOT_CALLER: Caller = { namespace: 'team ü', role: 'admin', device: null }
const DEVICE_CALLER: Caller = { namespace: 'default', role: 'viewer', device: 'd1' }

class World {
  time = 1_700_000_000_000
  readonly devices = new Map<string, Caller>([['d1', DEVICE_CALLER]])

  cookies(rootToken = ROOT): LoginCookies {
    const gate = { deviceCaller: async (device: string) => this.devices.get(device) ?? null }
    return new LoginCookies({ rootToken, gate, now: () => this.time })
  }
}

function header(value: string): string {
  return `${LOGIN_COOKIE}=${value}`
}

describe('a login cookie', () => {
  test.each([ROOT_CALLER, DEVICE_CALLER])('[WI5] speaks for who logged in: %j', async (caller) => {
    const cookies = new World().cookies()
    const { value } = cookies.cookieFor(caller)
    expect(await cookies.callerIn(header(value))).toEqual(caller)
    expect(await cookies.callerIn(`other=1; ${header(value)}; more=2`)).toEqual(caller)
  })

  test('[WI5] fits a cookie header, whoever it is for', () => {
    const namespace = '\u0001'.repeat(128)
    const { value } = new World().cookies().cookieFor({ ...ROOT_CALLER, namespace })
    expect(value).toMatch(/^[A-Za-z0-9_.-]{1,2048}$/)
  })

  test('[WI5] works for the longest namespace', async () => {
    const cookies = new World().cookies()
    const caller = { ...ROOT_CALLER, namespace: '\u0001'.repeat(128) }
    expect(await cookies.callerIn(header(cookies.cookieFor(caller).value))).toEqual(caller)
  })

  test('[SE1] ends after 30 days', async () => {
    const world = new World()
    const cookies = world.cookies()
    const { value, expiresAt } = cookies.cookieFor(ROOT_CALLER)
    expect(expiresAt).toBe(world.time + LOGIN_SECONDS * 1000)
    world.time = expiresAt - 1
    expect(await cookies.callerIn(header(value))).toEqual(ROOT_CALLER)
    world.time = expiresAt
    expect(await cookies.callerIn(header(value))).toBeNull()
  })

  test('[SE1] ends with another root token', async () => {
    const world = new World()
    const { value } = world.cookies().cookieFor(ROOT_CALLER)
    expect(await world.cookies(`${ROOT}2`).callerIn(header(value))).toBeNull()
  })

  test('[SE1] of a device ends with its token, and has the role that the device has now', async () => {
    const world = new World()
    const cookies = world.cookies()
    const { value } = cookies.cookieFor({ ...DEVICE_CALLER, role: 'admin' })
    expect(await cookies.callerIn(header(value))).toEqual(DEVICE_CALLER)
    world.devices.clear()
    expect(await cookies.callerIn(header(value))).toBeNull()
  })

  test('[SE1] that somebody made or changed is none', async () => {
    const cookies = new World().cookies()
    const [text = '', signature = ''] = cookies.cookieFor(DEVICE_CALLER).value.split('.')
    const admin = Buffer.from(JSON.stringify({ who: { namespace: 'default' }, until: 9e15 })).toString(
      'base64url',
    )
    const own = createHmac('sha256', ROOT).update(admin).digest('base64url')
    const forged = [
      undefined,
      '',
      header(''),
      header(text),
      header(`${text}.`),
      header(`${text}.${signature}x`),
      header(`${admin}.${signature}`),
      header(`${admin}.${own}`),
      header(`${text}.${'A'.repeat(43)}`),
      `other=${text}.${signature}`,
      `x${header(`${text}.${signature}`)}`,
    ]
    for (const cookie of forged) expect(await cookies.callerIn(cookie)).toBeNull()
  })

  test('[SE4] holds neither the root token nor a device token', () => {
    const { value } = new World().cookies().cookieFor(ROOT_CALLER)
    expect(Buffer.from(value.split('.')[0] ?? '', 'base64url').toString()).not.toContain(ROOT)
  })
})
