import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import { usualHomeFolder } from './home-folder.ts'
import { readConfig, type Config } from './read-config.ts'

const TOKEN = 'k7Jw2-pQx9_Rt4zLm8'
const DEVICE_TOKEN = `holdfastd_laptop.${'Ab3_'.repeat(11).slice(0, 43)}`

/** The lines that the settings are refused with; none where they are taken. */
function mistakesOf(source: NodeJS.ProcessEnv): string[] {
  try {
    readConfig(source)
    return []
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'settings_invalid') return error.message.split('\n')
    throw error
  }
}

function configOf(source: NodeJS.ProcessEnv): Config {
  return readConfig(source).config
}

describe('without any variable', () => {
  test('[OP1] the hub keeps everything in ~/.holdfast and listens where only this machine can ask it', () => {
    const home = join(homedir(), '.holdfast')
    expect(readConfig({})).toEqual({
      config: {
        home,
        database: join(home, 'holdfast.db'),
        host: '127.0.0.1',
        port: 4006,
        allowedHosts: [],
        allowedOrigins: [],
        logLevel: 'info',
        leaseMs: 30_000,
        journalEntries: 100_000,
        journalBytes: 1_073_741_824,
      },
      secrets: { token: null },
    })
  })

  test.each([
    'HOLDFAST_HOME',
    'HOLDFAST_HOST',
    'HOLDFAST_PORT',
    'HOLDFAST_TOKEN',
    'HOLDFAST_DATABASE_URL',
    'HOLDFAST_ALLOWED_HOSTS',
    'HOLDFAST_ALLOWED_ORIGINS',
    'HOLDFAST_LOG_LEVEL',
    'HOLDFAST_LEASE_MS',
    'HOLDFAST_JOURNAL_ENTRIES',
    'HOLDFAST_JOURNAL_BYTES',
  ])('[OP1] an empty %s counts as one that is not set', (name) => {
    expect(readConfig({ [name]: '' })).toEqual(readConfig({}))
  })

  test('[OP1] variables of other programs and of clients are not looked at', () => {
    expect(readConfig({ PORT: 'x', HOST: '*', HOLDFAST_URL: 'not one' })).toEqual(readConfig({}))
  })

  test.each<[string, () => string]>([
    ['an empty home', () => ''],
    ['a home that is no absolute path', () => 'somewhere'],
    [
      'a user whom the system does not know',
      () => {
        throw new Error('ENOENT: no such user')
      },
    ],
  ])('[OP1] with %s, HOLDFAST_HOME has to be set', (_, userHome) => {
    const usualHome = () => usualHomeFolder(userHome)
    expect(() => readConfig({}, usualHome)).toThrow(/^HOLDFAST_HOME must be set to an absolute path/)
    expect(readConfig({ HOLDFAST_HOME: '/srv/hf' }, usualHome).config.home).toBe('/srv/hf')
  })
})

describe('what is taken', () => {
  test('[OP1] every setting by its variable', () => {
    const settings = readConfig({
      HOLDFAST_HOME: '/srv/hf/',
      HOLDFAST_HOST: '0.0.0.0',
      HOLDFAST_PORT: '0',
      HOLDFAST_TOKEN: TOKEN,
      HOLDFAST_DATABASE_URL: 'sqlite:/var/lib/hf/hub.db',
      HOLDFAST_ALLOWED_HOSTS: 'Hub.Example.org, 192.168.1.5,::1',
      HOLDFAST_ALLOWED_ORIGINS: 'https://ui.example.org/,http://192.168.1.5:8080',
      HOLDFAST_LOG_LEVEL: 'warn',
      HOLDFAST_LEASE_MS: '5000',
      HOLDFAST_JOURNAL_ENTRIES: '100',
      HOLDFAST_JOURNAL_BYTES: '1048576',
    })
    expect(settings).toEqual({
      config: {
        home: '/srv/hf',
        database: '/var/lib/hf/hub.db',
        host: '0.0.0.0',
        port: 0,
        allowedHosts: ['hub.example.org', '192.168.1.5', '[::1]'],
        allowedOrigins: ['https://ui.example.org', 'http://192.168.1.5:8080'],
        logLevel: 'warn',
        leaseMs: 5000,
        journalEntries: 100,
        journalBytes: 1_048_576,
      },
      secrets: { token: TOKEN },
    })
  })

  test('[SE4] the token is in no part of the configuration', () => {
    expect(JSON.stringify(configOf({ HOLDFAST_TOKEN: TOKEN }))).not.toContain(TOKEN)
  })

  test('[OP1] the database lies in the home folder unless something else is said', () => {
    expect(configOf({ HOLDFAST_HOME: '/srv/hf' }).database).toBe('/srv/hf/holdfast.db')
    expect(configOf({ HOLDFAST_DATABASE_URL: 'sqlite:/d/x y.db' }).database).toBe('/d/x y.db')
  })

  test.each(['127.0.0.1', '127.8.8.8', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', 'localhost'])(
    '[SE3] %s is this machine, and needs no list of hosts',
    (host) => {
      expect(configOf({ HOLDFAST_HOST: host }).host).toBe(host)
    },
  )

  test.each<[string, string]>([
    ['https://x.example/', 'https://x.example'],
    ['HTTPS://X.Example', 'https://x.example'],
    ['https://x.example:443', 'https://x.example'],
    ['http://x.example:80/', 'http://x.example'],
    ['http://x.example:443', 'http://x.example:443'],
    ['http://[0:0:0:0:0:0:0:1]:5173', 'http://[::1]:5173'],
    ['http://localhost:5173', 'http://localhost:5173'],
  ])('[SE3] the origin %s is kept as browsers write it: %s', (given, kept) => {
    expect(configOf({ HOLDFAST_ALLOWED_ORIGINS: given }).allowedOrigins).toEqual([kept])
  })

  test('[SE3] what is listed twice is kept once', () => {
    const config = configOf({ HOLDFAST_ALLOWED_HOSTS: 'a.example,A.example , a.example' })
    expect(config.allowedHosts).toEqual(['a.example'])
  })
})

const NUMBERS = [
  ['3000abc', ' 80', '80 ', '0x50', '1e3', '80.0', '80.5', '+80', '-1', '080', '٣٠٠٠', 'NaN', 'Infinity'],
  ['null', 'true', '9'.repeat(400), '8_0', '80,81', '\n80'],
].flat()

const REFUSED: readonly [string, readonly string[], RegExp][] = [
  [
    'HOLDFAST_HOME',
    ['relative/path', '~/holdfast', '$HOME/x', '.', ' /srv'],
    /must be an absolute path; ~ and/,
  ],
  [
    'HOLDFAST_HOME',
    ['/', '/tmp', '/tmp/', '/srv/../tmp', '/var/tmp', tmpdir()],
    /must be a folder of the hub's/,
  ],
  ['HOLDFAST_HOME', ['/srv/a\nb', '/srv/\u001b[2J'], /without line breaks/],
  [
    'HOLDFAST_HOST',
    ['*', 'hub.example.org', 'LOCALHOST', 'localhost.', '127.1', '0x7f.0.0.1'],
    /must be localhost or/,
  ],
  [
    'HOLDFAST_HOST',
    ['127.0.0.01', '256.0.0.1', '[::1]', 'fe80::1%eth0', '127.0.0.1:80', ' ::1'],
    /must be localhost or/,
  ],
  ['HOLDFAST_PORT', [...NUMBERS, '65536', '99999'], /must be a whole number from 0 to 65535, in digits/],
  [
    'HOLDFAST_LEASE_MS',
    [...NUMBERS, '0', '4999', '3600001', '30s'],
    /must be a whole number from 5000 to 3600000/,
  ],
  [
    'HOLDFAST_JOURNAL_ENTRIES',
    [...NUMBERS, '0', '99', '1000000001', '1M'],
    /must be a whole number from 100 to 1000000000/,
  ],
  [
    'HOLDFAST_JOURNAL_BYTES',
    [...NUMBERS, '0', '1048575', '1099511627777', '1GiB'],
    /must be a whole number from 1048576 to 1099511627776/,
  ],
  [
    'HOLDFAST_LOG_LEVEL',
    ['INFO', 'verbose', ' info', '30', 'toString'],
    /must be one of debug, info, warn, error/,
  ],
  ['HOLDFAST_DATABASE_URL', [':memory:', 'sqlite::memory:', 'file:x?mode=memory'], /lost when the hub ends/],
  ['HOLDFAST_DATABASE_URL', ['sqlite:/a/b.db?mode=memory', 'sqlite:file::memory:'], /lost when the hub ends/],
  [
    'HOLDFAST_DATABASE_URL',
    ['postgres://u:hunter2@h/d', 'postgresql://h', 'POSTGRES://h'],
    /names PostgreSQL/,
  ],
  [
    'HOLDFAST_DATABASE_URL',
    ['hub.db', './hub.db', '/srv/hub.db', 'sqlite:hub.db', 'sqlite:'],
    /must have the form/,
  ],
  [
    'HOLDFAST_DATABASE_URL',
    ['sqlite://srv/hub.db', 'sqlite:///srv/hub.db', 'sqlite:/srv/'],
    /must have the form/,
  ],
  [
    'HOLDFAST_DATABASE_URL',
    ['file:///srv/hub.db', 'mysql://u:hunter2@h/d', 'SQLITE:/x.db'],
    /must have the form/,
  ],
  ['HOLDFAST_DATABASE_URL', ['sqlite:/a%20b.db', 'sqlite:/a.db#x', 'sqlite:/a.db?x=1'], /without options/],
  ['HOLDFAST_ALLOWED_HOSTS', ['*', '*.example.org', 'a.example,*'], /must name every host/],
  [
    'HOLDFAST_ALLOWED_HOSTS',
    ['http://x', 'x:80', 'x/', 'x.', 'a..b', 'a,,b', 'a,', ',', ' '],
    /must be host names/,
  ],
  [
    'HOLDFAST_ALLOWED_HOSTS',
    ['a b', 'bücher.example', '-a', 'a-', '127.1', '[::1', 'x@y'],
    /must be host names/,
  ],
  [
    'HOLDFAST_ALLOWED_HOSTS',
    ['\u212Aelvin.example', 'a'.repeat(64), 'a.'.repeat(127) + 'aa'],
    /must be host names/,
  ],
  ['HOLDFAST_ALLOWED_ORIGINS', ['*', 'https://*.example.org'], /must name every origin/],
  ['HOLDFAST_ALLOWED_ORIGINS', ['null', 'https://a.example,null'], /can not have null/],
  [
    'HOLDFAST_ALLOWED_ORIGINS',
    ['example.com', '//example.com', 'ftp://x', 'https:x'],
    /must be origins with/,
  ],
  [
    'HOLDFAST_ALLOWED_ORIGINS',
    ['https://x/a', 'https://x//', 'https://x/?', 'https://x#'],
    /must be origins with/,
  ],
  [
    'HOLDFAST_ALLOWED_ORIGINS',
    ['https://x:0', 'https://x:', 'https://x:65536', 'https://'],
    /must be origins with/,
  ],
  ['HOLDFAST_ALLOWED_ORIGINS', ['https://u:hunter2@x'], /without a user and a password/],
  ['HOLDFAST_TOKEN', ['short', 'a'.repeat(15), 'k7Jw2-pQx9_Rt4z'], /must have at least 16 characters/],
  ['HOLDFAST_TOKEN', [`${TOKEN}${'x7'.repeat(300)}`], /must have at most 512 characters/],
  [
    'HOLDFAST_TOKEN',
    [`${TOKEN} `, `${TOKEN}\n`, `${TOKEN}é`, `${TOKEN}:team`, `${TOKEN}\t`],
    /must be of visible ASCII/,
  ],
  ['HOLDFAST_TOKEN', [DEVICE_TOKEN, 'holdfastd_half.of-one'], /it is the token of a device/],
  ['HOLDFAST_TOKEN', ['changemechangeme', 'changeme-changeme', 'x'.repeat(40)], /is too easy to guess/],
  ['HOLDFAST_TOKEN', ['1234567890123456', 'abcdefghijklmnop', 'password12345678'], /is too easy to guess/],
  [
    'HOLDFAST_TOKEN',
    ['replace-with-your-token', 'q8Zw!4rTq8Zw!4rT', 'secret-test-token-1'],
    /is too easy to guess/,
  ],
]

describe('what is refused', () => {
  test.each(
    REFUSED.flatMap(([name, texts, why]) => texts.map((text): [string, string, RegExp] => [name, text, why])),
  )('[OP1] %s=%j is one line that names it and says what to do', (name, text, why) => {
    const lines = mistakesOf({ [name]: text })
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(why)
    expect(lines[0]?.startsWith(`${name} `)).toBe(true)
    expect(lines[0]).not.toMatch(/\p{Cc}/u)
  })

  test('[OP1] all mistakes are told at once, each on its line', () => {
    const lines = mistakesOf({
      HOLDFAST_HOME: 'x',
      HOLDFAST_HOST: '*',
      HOLDFAST_PORT: '1e3',
      HOLDFAST_TOKEN: 'short',
      HOLDFAST_DATABASE_URL: ':memory:',
      HOLDFAST_ALLOWED_HOSTS: '*',
      HOLDFAST_ALLOWED_ORIGINS: '*',
      HOLDFAST_LOG_LEVEL: 'loud',
      HOLDFAST_LEASE_MS: '1',
      HOLDFAST_JOURNAL_ENTRIES: '1',
      HOLDFAST_JOURNAL_BYTES: '1',
    })
    expect(lines.map((line) => line.split(' ')[0]).toSorted()).toEqual([
      'HOLDFAST_ALLOWED_HOSTS',
      'HOLDFAST_ALLOWED_ORIGINS',
      'HOLDFAST_DATABASE_URL',
      'HOLDFAST_HOME',
      'HOLDFAST_HOST',
      'HOLDFAST_JOURNAL_BYTES',
      'HOLDFAST_JOURNAL_ENTRIES',
      'HOLDFAST_LEASE_MS',
      'HOLDFAST_LOG_LEVEL',
      'HOLDFAST_PORT',
      'HOLDFAST_TOKEN',
    ])
  })

  test.each(['0.0.0.0', '::', '192.168.1.5', '2001:db8::1', '10.0.0.1', '128.0.0.1', '::ffff:10.0.0.1'])(
    '[SE3] %s lets other machines in, and is refused until it is said which hosts they ask',
    (host) => {
      expect(mistakesOf({ HOLDFAST_HOST: host })).toEqual([
        expect.stringMatching(/^HOLDFAST_ALLOWED_HOSTS must name the hosts/),
      ])
      expect(mistakesOf({ HOLDFAST_HOST: host, HOLDFAST_ALLOWED_HOSTS: 'hub.example.org' })).toEqual([])
    },
  )

  test.each<[string, string, string]>([
    ['HOLDFAST_TOKEN', 'hunter2', 'hunter2'],
    ['HOLDFAST_TOKEN', `${TOKEN}:team`, TOKEN],
    ['HOLDFAST_TOKEN', DEVICE_TOKEN, DEVICE_TOKEN],
    ['HOLDFAST_TOKEN', 'changemechangeme', 'changeme'],
    ['HOLDFAST_DATABASE_URL', 'postgres://u:hunter2@h/d', 'hunter2'],
    ['HOLDFAST_DATABASE_URL', 'mysql://u:hunter2@h/d', 'hunter2'],
    ['HOLDFAST_ALLOWED_ORIGINS', 'https://u:hunter2@x', 'hunter2'],
  ])('[SE4] the refusal of %s=%s does not repeat the secret', (name, text, secret) => {
    expect(mistakesOf({ [name]: text }).join('\n')).not.toContain(secret)
  })

  test('[OP1] a long text is quoted in part', () => {
    expect(mistakesOf({ HOLDFAST_LOG_LEVEL: 'x'.repeat(10_000) }).join('').length).toBeLessThan(200)
  })
})

test.each(['k7Jw2-pQx9_Rt4zL', 'correct-horse-battery-staple', '9f8e1c0a77d2b45e', 'holdfast_0aZ-9bY_8cX'])(
  '[SE1] %s may be the root token',
  (token) => {
    expect(readConfig({ HOLDFAST_TOKEN: token }).secrets.token).toBe(token)
  },
)
