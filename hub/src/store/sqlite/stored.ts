import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import type { Json } from '@holdfast/shared/metadata/json'

/** Makes sense of stored text; what makes none is damage, never a fault of the program and never taken for empty. */
export function fromStored<Value>(what: string, read: () => Value): Value {
  try {
    return read()
  } catch (cause) {
    const message = `${what} can not be read; restore the database from a backup.`
    throw new HoldfastError('database_damaged', message, { cause })
  }
}

export function storedJson(what: string, text: string): Json {
  return fromStored(what, () => JSON.parse(text) as Json)
}
