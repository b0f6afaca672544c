import { describe, expect, test } from 'vitest'
import { BodyBudget } from './body-budget.ts'
import { readBytes } from './read-bytes.ts'

function posted(body: ReadableStream<Uint8Array> | string): Request {
  return new Request('http://localhost/', { method: 'POST', body, duplex: 'half' } as RequestInit)
}

function stream(chunks: readonly string[], end: (controller: ReadableStreamDefaultController) => void) {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk))
      end(controller)
    },
  })
}

const closed = (...chunks: string[]) => stream(chunks, (controller) => controller.close())

async function textOf(read: Promise<Awaited<ReturnType<typeof readBytes>>>): Promise<string> {
  const answer = await read
  return answer.kind === 'bytes' ? new TextDecoder().decode(answer.bytes) : answer.code
}

describe('reading the bytes of a body', () => {
  test('[SE5] H11 up to the limit they are read, and not one more', async () => {
    const budget = new BodyBudget(1000)
    expect(await textOf(readBytes(posted(closed('abc', 'def')), 6, budget))).toBe('abcdef')
    const refused = await readBytes(posted(closed('abc', 'defg')), 6, budget)
    expect(refused).toMatchObject({ code: 'too_large', limit: 6, actual: 7 })
  })

  test('[SE5] no body is an empty one', async () => {
    const request = new Request('http://localhost/', { method: 'POST' })
    expect(await textOf(readBytes(request, 6, new BodyBudget(0)))).toBe('')
  })

  test('[SE5] a body that breaks off is a refusal', async () => {
    const broken = stream([], (controller) => controller.error(new Error('The peer went away.')))
    expect(await textOf(readBytes(posted(broken), 6, new BodyBudget(1000)))).toBe('invalid_request')
  })

  test('[SE5] many large bodies at once are told to come back, and the others are read', async () => {
    const budget = new BodyBudget(10)
    const asked: { close?: () => void } = {}
    const slow = stream(['12345678'], (controller) => (asked.close = () => controller.close()))
    const first = textOf(readBytes(posted(slow), 100, budget))
    for (let turns = 0; budget.held === 0 && turns < 1000; turns += 1)
      await new Promise((resolve) => setImmediate(resolve))
    expect(budget.held).toBe(8)
    expect(await textOf(readBytes(posted(closed('abc')), 100, budget))).toBe('overloaded')
    expect(await textOf(readBytes(posted(closed('ab')), 100, budget))).toBe('ab')
    asked.close?.()
    expect(await first).toBe('12345678')
    expect(budget.held).toBe(0)
  })
})
