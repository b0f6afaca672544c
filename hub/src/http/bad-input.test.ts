import { describe, expect, test } from 'vitest'
import { bearing, born, creating, getting, patching } from './contract/asking.ts'
import { BAD_APPROACHES } from './contract/bad-approaches.ts'
import { BAD_CONTENTS } from './contract/bad-contents.ts'
import { BAD_RUNS } from './contract/bad-runs.ts'
import type { BadRequest } from './contract/bad-request.ts'
import { DoorWorld, HOST, RESUME_TOKEN, ROOT_TOKEN, type Asking } from './contract/door-world.ts'

describe('what the door declines', () => {
  const rows = [...BAD_APPROACHES, ...BAD_CONTENTS, ...BAD_RUNS].map((row): [string, BadRequest] => [
    row[0],
    row,
  ])

  test.each(rows)('%s', async (_title, [, ask, status, code, more = {}]) => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    const before = await world.store.readSession({ namespace: 'default', session: id })

    const declined = await world.ask(ask(id))
    expect(declined).toMatchObject({ status, body: { code, ...more } })
    expect(declined.body['error']).toMatch(/^[A-Z].{5,300}[.]$/)

    const good = await world.ask({ path: `/cli/sessions/${id}` })
    expect(good).toMatchObject({
      status: 200,
      body: { session: { metadata: { claudeSessionId: RESUME_TOKEN } } },
    })
    expect(await world.store.readSession({ namespace: 'default', session: id })).toEqual(before)
    const { items } = await world.store.listSessions({ namespace: 'default', limit: 10 })
    expect(items).toHaveLength(1)
    expect(({} as Record<string, unknown>)['polluted']).toBe(undefined)
  })
})

/** What looks wrong and is right. */
const TAKEN: readonly (readonly [title: string, ask: (id: string) => Asking])[] = [
  ['[SE3] H07 a host in capitals', getting('/cli/sessions/ID', { headers: { host: 'LOCALHOST:4006' } })],
  ['[SE3] H07 an address in brackets', getting('/cli/sessions/ID', { headers: { host: '[::1]:4006' } })],
  ['[SE3] a page of the hub itself', getting('/cli/sessions/ID', { headers: { origin: `http://${HOST}` } })],
  [
    '[SE3] a page that is listed',
    getting('/cli/sessions/ID', { headers: { origin: 'https://hub.example' } }),
  ],
  ['[CO1] H81 the scheme in small letters', bearing(`bearer ${ROOT_TOKEN}`)],
  ['[CO1] an answer without a body', getting('/cli/sessions/ID', { method: 'HEAD' })],
  [
    '[SE5] H25 UTF-8, said aloud',
    patching('{"patch":{}}', { 'content-type': 'Application/JSON; charset="UTF-8"' }),
  ],
  ['[SE5] H31 a byte order mark', patching(`\uFEFF{"patch":{"a":1}}`)],
  ['[SE5] H33 a member that is named twice', patching('{"patch":1,"patch":{"a":1}}')],
  ['[ME11] H41 an empty key', patching({ patch: { '': 1 } })],
  ['[ME11] H46 minus zero', patching('{"patch":{"a":-0}}')],
  ['[ME10] H66 an empty patch', patching({ patch: {} })],
  [
    '[CO9] H43 half a surrogate pair under /cli',
    creating('{"tag":"new","metadata":{"path":"/p","host":"h","name":"x\\ud83d"}}'),
  ],
  [
    '[CO9] H42 NUL under /cli',
    creating('{"tag":"new","metadata":{"path":"/p","host":"h","name":"x\\u0000"}}'),
  ],
  [
    '[CO1] H63 a member that a later client sends',
    creating({ ...(born({ path: '/p', host: 'h' }) as object), later: 1 }),
  ],
  ['[SE4] a query that only looks like a token', getting('/cli/sessions/ID?tokens=1')],
]

describe('what the door takes', () => {
  test.each(TAKEN)('%s', async (_title, ask) => {
    await using world = await DoorWorld.open()
    const answer = await world.ask(ask(await world.session()))
    expect(answer).toMatchObject({ status: 200 })
    expect(answer.body).not.toHaveProperty('code')
  })
})
