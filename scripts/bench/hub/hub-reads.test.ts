import { openFrontDoor } from '@holdfast/hub/listen/front-door'
import type { VerdictClass } from '@holdfast/shared/resume/verdict'
import { describe, expect, test } from 'vitest'
import { PAGE, readOnce, type ReadKind } from './hub-reads.ts'

const SESSIONS = 60

interface Answering extends AsyncDisposable {
  readonly url: string
}

/** A server that gives for each address what it is told to. */
async function answering(answer: (url: URL) => Response): Promise<Answering> {
  const door = await openFrontDoor({
    host: '127.0.0.1',
    port: 0,
    http: (request) => Promise.resolve(answer(new URL(request.url))),
    admission: { refusalOf: () => null },
    isShuttingDown: () => false,
  })
  return { url: await door.listen(), [Symbol.asyncDispose]: () => door[Symbol.asyncDispose]() }
}

async function read(kind: ReadKind, answer: (url: URL) => object): Promise<string[]> {
  const asked: string[] = []
  await using server = await answering((url) => {
    asked.push(`${url.pathname}${url.search}`)
    return Response.json(answer(url))
  })
  const requests = await readOnce(kind, { url: server.url, token: 't' }, SESSIONS)
  expect(requests).toBe(asked.length)
  return asked
}

function rows(count: number, verdict: VerdictClass): object {
  return { sessions: Array.from({ length: count }, () => ({ verdict: { class: verdict } })), nextCursor: '1' }
}

interface Counted {
  readonly total?: number
  readonly count: number
  readonly next?: string
}

function counts({ total = SESSIONS, count, next }: Counted): object {
  return { totals: { atRisk: total - 1, lost: 1 }, groups: [{ count }], nextCursor: next ?? null }
}

describe('what is asked for', () => {
  test.each<[ReadKind, object, string]>([
    ['page', rows(PAGE, 'none'), `/api/sessions?limit=${PAGE}`],
    ['common', rows(PAGE, 'at_risk'), `/api/sessions?limit=${PAGE}&verdict=at_risk`],
    ['rare', rows(1, 'resumable'), `/api/sessions?limit=${PAGE}&verdict=resumable`],
    ['census', counts({ count: SESSIONS }), '/api/census'],
  ])('%s', async (kind, answer, address) => {
    expect(await read(kind, () => answer)).toEqual([address])
  })

  test('a census to its last page', async () => {
    const pages: Record<string, object> = {
      '': counts({ count: 1, next: 'a b' }),
      '?cursor=a%20b': counts({ count: SESSIONS - 1 }),
    }
    expect(await read('census', ({ search }) => pages[search] ?? {})).toEqual([
      '/api/census',
      '/api/census?cursor=a%20b',
    ])
  })
})

test.each<[string, ReadKind, object]>([
  ['a page that is not full', 'page', rows(PAGE - 1, 'none')],
  ['a page of a common class that is not full', 'common', rows(PAGE - 1, 'at_risk')],
  ['a page of another class', 'common', rows(PAGE, 'lost')],
  ['a page without any of a rare class', 'rare', rows(0, 'resumable')],
  ['a census that left some out', 'census', counts({ count: SESSIONS - 1 })],
  ['totals that left some out', 'census', counts({ total: SESSIONS - 1, count: SESSIONS })],
])('%s is no answer', async (_, kind, answer) => {
  await expect(read(kind, () => answer)).rejects.toThrow(/not full|Not every|census/)
})

test('a refusal is no answer', async () => {
  await using server = await answering(() => new Response('no', { status: 503 }))
  await expect(readOnce('page', { url: server.url, token: 't' }, SESSIONS)).rejects.toThrow(
    /answered 503: no/,
  )
})
