import { describe, expect, test } from 'vitest'
import { exchange, request, statusOf } from '../listen/contract/raw-http.ts'
import { openFrontDoor } from '../listen/front-door.ts'
import { admissionFor } from '../auth/host-and-origin.ts'
import { DoorWorld, ROOT_TOKEN } from './contract/door-world.ts'

interface Listening extends AsyncDisposable {
  readonly world: DoorWorld
  readonly port: number
}

/** The door behind a real port, as the hub has it. */
async function listening(): Promise<Listening> {
  const world = await DoorWorld.open()
  const front = await openFrontDoor({
    host: '127.0.0.1',
    port: 0,
    http: world.door,
    admission: admissionFor({ host: '127.0.0.1', allowedHosts: [], allowedOrigins: [] }),
    isShuttingDown: () => world.ending,
  })
  const port = Number(new URL(await front.listen()).port)
  return {
    world,
    port,
    async [Symbol.asyncDispose]() {
      await front[Symbol.asyncDispose]()
      await world[Symbol.asyncDispose]()
    },
  }
}

const ON_BUN = process.versions['bun'] !== undefined
const TOKEN = `Authorization: Bearer ${ROOT_TOKEN}`
const JSON_TYPE = 'Content-Type: application/json'
const MIB = 1024 * 1024

function chunks(count: number): string {
  const chunk = `${(65_536).toString(16)}\r\n${' '.repeat(65_536)}\r\n`
  return `${chunk.repeat(count)}0\r\n\r\n`
}

/** What arrives, given the Host line and the path of a session; the status and the code. */
const ROWS: readonly (readonly [string, (host: string, path: string) => string, number, string])[] = [
  [
    'H11 chunks over the limit',
    (host, path) =>
      request(
        `PATCH ${path}/metadata HTTP/1.1`,
        [host, TOKEN, JSON_TYPE, 'Transfer-Encoding: chunked'],
        chunks(20),
      ),
    413,
    'too_large',
  ],
  [
    'H12 a length over the limit and no body',
    (host, path) =>
      request(`PATCH ${path}/metadata HTTP/1.1`, [host, TOKEN, JSON_TYPE, `Content-Length: ${3 * MIB}`]),
    413,
    'too_large',
  ],
  [
    'H12 a length over the limit and its body',
    (host, path) =>
      request(
        `PATCH ${path}/metadata HTTP/1.1`,
        [host, TOKEN, JSON_TYPE, `Content-Length: ${3 * MIB}`],
        ' '.repeat(3 * MIB),
      ),
    413,
    'too_large',
  ],
  ['H18 TRACE', (host, path) => request(`TRACE ${path} HTTP/1.1`, [host, TOKEN]), 405, 'method_not_allowed'],
  [
    'H80 two Authorization headers',
    (host, path) => request(`GET ${path} HTTP/1.1`, [host, TOKEN, TOKEN]),
    400,
    'invalid_request',
  ],
]

describe('the door over TCP', () => {
  test.each(ROWS)('[SE5] %s', async (_title, ask, status, code) => {
    await using opened = await listening()
    const id = await opened.world.session()
    const host = `Connection: close\r\nHost: 127.0.0.1:${opened.port}`
    const answer = await exchange(opened.port, ask(host, `/api/sessions/${id}`))
    expect([statusOf(answer), answer.slice(answer.indexOf('{'))]).toEqual([
      status,
      expect.stringContaining(code),
    ])
    const good = await exchange(opened.port, request(`GET /cli/sessions/${id} HTTP/1.1`, [host, TOKEN]))
    expect(statusOf(good)).toBe(200)
  })

  test('[SE3] H06 an address that names another host does not get past the Host header', async () => {
    await using opened = await listening()
    const path = `http://evil.example/cli/sessions/${await opened.world.session()}`
    const host = `Host: 127.0.0.1:${opened.port}`
    const answer = await exchange(
      opened.port,
      request(`GET ${path} HTTP/1.1`, [host, TOKEN, 'Connection: close']),
    )
    // Bun shows the address with the host of the header, which is the one that was admitted.
    expect(statusOf(answer)).toBe(ON_BUN ? 200 : 403)
    const evil = request(`GET ${path} HTTP/1.1`, ['Host: evil.example', TOKEN, 'Connection: close'])
    expect(statusOf(await exchange(opened.port, evil))).toBe(403)
  })
})
