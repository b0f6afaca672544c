import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import { isJsonObject, type JsonObject } from '@holdfast/shared/metadata/json'

export interface ParsedJson {
  readonly kind: 'json'
  readonly value: JsonObject
}

const utf8 = new TextDecoder('utf-8', { fatal: true })
/** Some engines say where they stopped. The rest of their message quotes the body, which is nobody's business. */
const POSITION = / at position (\d+)/

/** A JSON object in UTF-8. A byte order mark is passed over; of a member that is named twice the last counts. */
export function parseJson(bytes: Uint8Array): ParsedJson | Refusal {
  if (bytes.length === 0) return invalid('The body is empty; send a JSON object.')
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    return invalid('The body is not valid UTF-8.')
  }
  try {
    const value: unknown = JSON.parse(text)
    if (isJsonObject(value)) return { kind: 'json', value }
  } catch (error) {
    const position = POSITION.exec(String(error))?.[1]
    return invalid(`The body is not valid JSON${position === undefined ? '' : ` (at position ${position})`}.`)
  }
  return refuse('invalid_request', 'The body must be a JSON object.')
}

function invalid(message: string): Refusal {
  return refuse('invalid_json', message)
}
