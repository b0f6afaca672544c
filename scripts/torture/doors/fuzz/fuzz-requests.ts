import { isJsonObject } from '@holdfast/shared/metadata/json'
import { API_ROUTES } from '@holdfast/shared/protocol/api-routes'
import { CLI_ROUTES, type RouteShape } from '@holdfast/shared/protocol/routes'
import type { z } from 'zod'
import { below, chance, pick } from '../../random.ts'
import type { FuzzWorld } from './fuzz-world.ts'
import { spoiltBytes } from './spoilt-bytes.ts'

interface Route {
  readonly method: string
  readonly path: string
  readonly body: z.ZodType | null
  readonly query: z.ZodType | null
}

/** A backup would write files wherever an input says. */
const SPARED = '/api/backup'

const ROUTES: readonly Route[] = Object.entries<RouteShape>({ ...CLI_ROUTES, ...API_ROUTES })
  .map(([name, { body = null, query = null }]) => {
    const [method = '', path = ''] = name.split(' ')
    return { method, path, body, query }
  })
  .filter(({ path }) => path !== SPARED)

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT', 'FOO', 'get']
const PATHS = [
  '/',
  '/healthz',
  '/readyz',
  '/metrics',
  '/cli',
  '/cli/',
  '/cli/unknown',
  '//cli/sessions',
  '/CLI/sessions',
  '/cli/%73essions',
  '/cli/sessions/..;/x',
  '/cli/sessions/%ZZ',
  '/cli/sessions/a%00b',
  '/cli/sessions/..%2f..%2fetc%2fpasswd',
  '/cli/sessions/__proto__',
  '/cli/sessions/constructor/messages',
  '/cli/sessions?token=x',
  '/cli/sessions/resumable?machineId=',
  '/cli/sessions/resumable?machineId=a&machineId=b',
  '/api/sessions/x',
  '/api/devices?limit=1e9',
  '/api/devices?limit=-1&cursor=%ff',
  `/cli/sessions/${'x'.repeat(9000)}`,
  '/socket.io/',
  '/socket.io/?EIO=3&transport=polling',
  '/socket.io/?EIO=4&transport=websocket&sid=unknown',
  'http://evil.example/cli/sessions',
  '*',
  '\\',
]

/** One whole request, right but for a mistake or two; now and then no request at all. */
export function fuzzRequest(world: FuzzWorld): Buffer {
  const { random } = world
  const route = pick(random, ROUTES)
  const method = chance(random, 0.85) ? route.method : pick(random, METHODS)
  const path = chance(random, 0.8) ? pathOf(world, route) : pick(random, PATHS)
  const body = bodyOf(world, route)
  const text = Buffer.from([`${method} ${path} HTTP/1.1`, ...headers(world, body), '', ''].join('\r\n'))
  const request = Buffer.concat([text, body])
  return chance(random, 0.06) ? spoiltBytes(random, request) : request
}

function pathOf(world: FuzzWorld, { path, query }: Route): string {
  const session = chance(world.random, 0.9)
    ? world.session()
    : pick(world.random, ['x', '%00', '..', 'é', '%F0%9F%98%80'])
  const whole = path.replace(':id', encodeURI(session))
  if (query === null || chance(world.random, 0.1)) return whole
  const sample = world.sampleOf(query)
  const members = Object.entries(isJsonObject(sample) ? sample : {})
  const asked = members.map(
    ([name, value]) =>
      `${name}=${encodeURIComponent(typeof value === 'string' ? value : JSON.stringify(value))}`,
  )
  return `${whole}?${asked.join('&')}`
}

function bodyOf(world: FuzzWorld, { body, path }: Route): Buffer {
  const { random } = world
  if (body === null) return chance(random, 0.9) ? Buffer.alloc(0) : Buffer.from('{"unasked":true}')
  const shape = path.includes('machines') ? 'machine' : 'session'
  const bytes = Buffer.from(world.textOf(body, shape))
  if (chance(random, 0.08)) return spoiltBytes(random, bytes)
  if (chance(random, 0.02)) return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes])
  return bytes
}

function headers(world: FuzzWorld, body: Buffer): string[] {
  const { random } = world
  const lines = [`Host: ${hostOf(world)}`, 'Connection: close']
  const authorization = authorizationOf(world)
  if (authorization !== null) lines.push(`Authorization: ${authorization}`)
  if (chance(random, 0.02)) lines.push('Authorization: Bearer second')
  if (chance(random, 0.03))
    lines.push(`Origin: ${pick(random, ['null', 'http://evil.example', 'http://127.0.0.1'])}`)
  if (chance(random, 0.03))
    lines.push(`X-${'h'.repeat(below(random, 3000))}: ${'v'.repeat(below(random, 9000))}`)
  if (body.length > 0 || chance(random, 0.1)) lines.push(...bodyHeaders(world, body))
  return lines
}

function hostOf({ random }: FuzzWorld): string {
  return chance(random, 0.95)
    ? pick(random, ['127.0.0.1', 'localhost', 'LOCALHOST:1'])
    : pick(random, ['', 'evil.example', 'a b c', '[::1]:4006', '127.0.0.1.', '127.0.0.1:99999', '[::'])
}

function authorizationOf({ random, target: { token } }: FuzzWorld): string | null {
  if (chance(random, 0.88)) return `Bearer ${token}`
  return pick(random, [
    null,
    'Bearer',
    'Bearer ',
    'Basic dTpw',
    `bearer ${token}`,
    `Bearer ${token.slice(0, -1)}`,
    `Bearer ${token} `,
    `Bearer ${token}:other`,
    `Bearer ${token.toUpperCase()}`,
    `Bearer ${'t'.repeat(5000)}`,
    `Bearer ${token}, Bearer ${token}`,
  ])
}

function bodyHeaders({ random }: FuzzWorld, body: Buffer): string[] {
  const type = chance(random, 0.92)
    ? 'application/json'
    : pick(random, [
        'text/plain',
        '',
        'application/json; charset=utf-16',
        'multipart/form-data',
        'application/jsonx',
      ])
  const lines = [`Content-Type: ${type}`]
  if (chance(random, 0.02)) lines.push(`Content-Encoding: ${pick(random, ['gzip', 'br', 'identity', 'x'])}`)
  if (chance(random, 0.01)) lines.push('Expect: 100-continue')
  const length = chance(random, 0.95)
    ? String(body.length)
    : pick(random, [
        '-5',
        '0',
        '1e3',
        String(body.length + 7),
        String(Math.max(0, body.length - 3)),
        '10000000000',
        'x',
      ])
  lines.push(`Content-Length: ${length}`)
  if (chance(random, 0.01)) lines.push('Transfer-Encoding: chunked')
  return lines
}
