import { describe, expect, test } from 'vitest'
import { admissionFor } from './host-and-origin.ts'

const LISTS = {
  host: '127.0.0.1',
  allowedHosts: ['hub.example.org', '[2001:db8::5]'],
  allowedOrigins: ['https://ui.example.org', 'http://localhost:5173'],
}

const admission = admissionFor(LISTS)

const hostCode = (host: string | undefined) => admission.refusalOf({ host, origin: undefined })?.code ?? 'in'
const originCode = (origin: string | undefined, host = 'localhost:4006') =>
  admission.refusalOf({ host, origin })?.code ?? 'in'

describe('the host that is asked', () => {
  test.each([
    'localhost',
    'localhost:4006',
    'LOCALHOST:4006',
    'LocalHost',
    '127.0.0.1',
    '127.0.0.1:4006',
    '127.0.0.1:80',
    '[::1]',
    '[::1]:4006',
    'hub.example.org',
    'HUB.example.ORG:443',
    '[2001:DB8::5]:1',
    'localhost:65535',
  ])('[SE3] %s is answered', (host) => {
    expect(hostCode(host)).toBe('in')
  })

  test.each([
    undefined,
    '',
    ' ',
    'rebind.evil.example',
    'evil.example:4006',
    'localhost.',
    'localhost.:4006',
    '127.0.0.1.',
    'hub.example.org.',
    'hub.example.org.evil.example',
    'evil-hub.example.org',
    'xlocalhost',
    'localhost ',
    ' localhost',
    'localhost\t',
    'localhost, localhost',
    'localhost,evil.example',
    'evil.example@localhost',
    'localhost@evil.example',
    'localhost/',
    'http://localhost',
    'localhost:',
    'localhost:0',
    'localhost:04006',
    'localhost:65536',
    'localhost:999999',
    'localhost:4006:4006',
    'localhost:+80',
    'localhost:80abc',
    'localhost#',
    'localhost?',
    'localhost\\',
    'localhost\u0000',
    'localhost\r\nx: y',
    'localho\u017Ft',
    '[localhost]',
    '[127.0.0.1]',
    '::1',
    '::1:4006',
    '[::1',
    '[::1]x',
    '[::1]]',
    '[::1%25lo]',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
    '127.1',
    '127.0.0.2',
    '0x7f.0.0.1',
    '2130706433',
    '0177.0.0.1',
    '0.0.0.0:4006',
    '[::]:4006',
    '*',
    'null',
    '%6cocalhost',
    'a'.repeat(100_000),
  ])('[SE3] %j is not', (host) => {
    expect(hostCode(host)).toBe('host_not_allowed')
  })

  test('[SE3] no text of any length stops the guard', () => {
    for (const host of ['['.repeat(50_000), ':'.repeat(50_000), 'localhost:'.repeat(10_000), '\ud800'])
      expect(hostCode(host)).toBe('host_not_allowed')
  })

  test.each<[string, string]>([
    ['192.168.1.5', '192.168.1.5:4006'],
    ['2001:DB8::7', '[2001:db8::7]:4006'],
    ['0:0:0:0:0:0:0:2', '[::2]'],
    ['127.0.0.9', '127.0.0.9:4006'],
    ['localhost', 'localhost:4006'],
  ])('[SE3] a hub that listens at %s answers as %s', (listens, host) => {
    expect(admissionFor({ ...LISTS, host: listens }).refusalOf({ host, origin: undefined })).toBeNull()
  })

  test.each([
    ['0.0.0.0', '0.0.0.0:4006'],
    ['::', '[::]:4006'],
  ])('[SE3] a hub that listens at every address (%s) does not answer as %s', (listens, host) => {
    const refusal = admissionFor({ ...LISTS, host: listens }).refusalOf({ host, origin: undefined })
    expect(refusal?.code).toBe('host_not_allowed')
  })

  test('[SE3] the refusal names the host and the setting, on one line, and cuts what is long', () => {
    const refusal = admission.refusalOf({ host: `evil\n\u001b[2J${'x'.repeat(10_000)}`, origin: undefined })
    expect(refusal?.message).toContain('"evil\uFFFD\uFFFD[2Jxxx')
    expect(refusal?.message).toContain('HOLDFAST_ALLOWED_HOSTS')
    expect(refusal?.message).not.toMatch(/\p{Cc}/u)
    expect(refusal?.message.length).toBeLessThan(250)
  })
})

describe('the page that asks', () => {
  test.each<[string | undefined, string]>([
    [undefined, 'localhost:4006'],
    ['http://localhost:4006', 'localhost:4006'],
    ['https://localhost:4006', 'localhost:4006'],
    ['http://localhost:4006', 'LOCALHOST:4006'],
    ['http://127.0.0.1:4006', '127.0.0.1:4006'],
    ['http://[::1]:4006', '[::1]:4006'],
    ['http://localhost', 'localhost'],
    ['http://localhost', 'localhost:80'],
    ['https://localhost', 'localhost:443'],
    ['https://hub.example.org', 'hub.example.org'],
    ['https://ui.example.org', 'localhost:4006'],
    ['http://localhost:5173', '127.0.0.1:4006'],
  ])('[SE3] a page of %s may ask %s', (origin, host) => {
    expect(originCode(origin, host)).toBe('in')
  })

  test.each([
    'null',
    '',
    ' ',
    'NULL',
    'http://evil.example',
    'http://evil.example:4006',
    'http://localhost',
    'http://localhost:4007',
    'http://localhost:40060',
    'http://127.0.0.1:4006',
    'http://localhost:4006/',
    'http://localhost:4006/page',
    'HTTP://localhost:4006',
    'http://LOCALHOST:4006',
    'http://localhost:4006 ',
    'http://localhost.:4006',
    'http://user@localhost:4006',
    'http://localhost:4006@evil.example',
    'http://localhost:4006, http://localhost:4006',
    'http://localhost:4006,http://evil.example',
    'ws://localhost:4006',
    'file://',
    'chrome-extension://abcdefgh',
    'localhost:4006',
    '//localhost:4006',
    'https://ui.example.org/',
    'https://ui.example.org:443',
    'http://ui.example.org',
    'https://ui.example.org.evil.example',
    'https://evil.ui.example.org',
    'https://uiXexample.org',
    'http://localhost:5173.evil.example',
    '*',
  ])('[SE3] a page of %j may not', (origin) => {
    expect(originCode(origin)).toBe('origin_not_allowed')
  })

  test('[SE3] a host that is not answered is refused whatever the page', () => {
    for (const origin of [
      undefined,
      'https://ui.example.org',
      'http://evil.example',
      'http://rebind.example',
    ])
      expect(originCode(origin, 'rebind.example')).toBe('host_not_allowed')
  })

  test('[SE3] the refusal names the page and the setting, or says that a file has no origin', () => {
    const evil = admission.refusalOf({ host: 'localhost', origin: 'http://evil.example\r\n' })
    expect(evil?.message).toBe(
      'A page from "http://evil.example\uFFFD\uFFFD" may not use this hub. If it should, add that origin to HOLDFAST_ALLOWED_ORIGINS.',
    )
    expect(admission.refusalOf({ host: 'localhost', origin: 'null' })?.message).toMatch(
      /^A page without an origin/,
    )
  })
})
