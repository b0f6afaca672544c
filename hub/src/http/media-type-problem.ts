import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'

const JSON_IN_UTF8 = /^\s*application\/json\s*(;\s*charset\s*=\s*"?utf-?8"?\s*)?;?\s*$/i

/** Bodies are JSON in UTF-8, as they are: a page of another site can not send that without asking, and nothing unfolds. */
export function mediaTypeProblem(headers: Headers): Refusal | null {
  const encoding = headers.get('content-encoding')
  if (encoding !== null && encoding.toLowerCase() !== 'identity') {
    return refuse('unsupported_media_type', 'A body may not be compressed; send it without Content-Encoding.')
  }
  if (JSON_IN_UTF8.test(headers.get('content-type') ?? '')) return null
  return refuse('unsupported_media_type', 'Send the body as application/json in UTF-8.')
}
