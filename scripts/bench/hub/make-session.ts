import type { JsonObject } from '@holdfast/shared/metadata/json'
import { documentOf, sessionId, sessionTag } from '../documents.ts'

export interface Hub {
  readonly url: string
  readonly token: string
}

/** Makes a session as released clients do; resolves with the id that it has got. */
export async function makeSession(
  { url, token }: Hub,
  index: number,
  documentBytes: number,
): Promise<string> {
  const metadata: JsonObject = documentOf(index, documentBytes)
  const response = await fetch(`${url}/cli/sessions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ id: sessionId(index), tag: sessionTag(index), metadata }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`A session could not be made (${response.status}): ${text.slice(0, 500)}`)
  return (JSON.parse(text) as { readonly session: { readonly id: string } }).session.id
}
