import type { Asking } from './door-world.ts'

export const patching =
  (body: unknown, headers: Record<string, string> = {}) =>
  (id: string): Asking => ({ method: 'PATCH', path: `/api/sessions/${id}/metadata`, body, headers })

export const creating =
  (body: unknown, headers: Record<string, string> = {}) =>
  (): Asking => ({
    method: 'POST',
    path: '/cli/sessions',
    body,
    headers,
  })

export const getting =
  (path: string, more: Partial<Asking> = {}) =>
  (id: string): Asking => ({ path: path.replace('ID', id), ...more })

export const born = (metadata: unknown): unknown => ({ tag: 'new', metadata })

/** A stream that says nothing of its length. */
export function chunked(bytes: number): ReadableStream<Uint8Array> {
  let left = bytes
  return new ReadableStream({
    pull(controller) {
      const size = Math.min(left, 64 * 1024)
      left -= size
      if (size === 0) controller.close()
      else controller.enqueue(new Uint8Array(size).fill(0x20))
    },
  })
}

/** A stream that fails the test where it is read. */
export function untouched(): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      pull() {
        throw new Error('The body was read.')
      },
    },
    { highWaterMark: 0 },
  )
}

export const bearing = (authorization: string): ((id: string) => Asking) =>
  getting('/cli/sessions/ID', { headers: { authorization } })
