import { isJsonObject, type Json } from '@holdfast/shared/metadata/json'

/** Of a resume token, what is enough to tell it from others and too little to use it. */
const SHOWN = 8

/** How fields that hold the id of an agent's conversation are named, wherever they stand and whether we know the agent. */
const TOKEN_NAME = /SessionId$/

export function holdsToken(field: string): boolean {
  return TOKEN_NAME.test(field)
}

export function maskedToken(token: string): string {
  return token.length > SHOWN ? `${token.slice(0, SHOWN)}…` : token
}

/** False where every text in it is shorter than what is masked of a token, so that it holds none. */
export function mayHoldToken(value: Json): boolean {
  if (typeof value === 'string') return value.length > SHOWN
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some(mayHoldToken)
  return Object.entries(value).some(([name, member]) => name.length > SHOWN || mayHoldToken(member))
}

/** The texts that stand where a resume token does. */
export function tokensIn(value: Json): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) =>
    typeof member !== 'string' ? tokensIn(member) : holdsToken(name) ? [member] : [],
  )
}

/** Shows of each token its beginning, also where it stands inside another text. */
export class TokenMask {
  readonly #tokens: readonly string[]

  constructor(tokens: readonly string[]) {
    const long = new Set(tokens.filter((token) => token.length > SHOWN))
    // One may be the beginning of another.
    this.#tokens = [...long].toSorted((one, other) => other.length - one.length)
  }

  /** What is stored is at most 32 levels deep. */
  value(value: Json): Json {
    if (typeof value === 'string') return this.text(value)
    if (Array.isArray(value)) return value.map((item) => this.value(item))
    return isJsonObject(value) ? this.members(value) : value
  }

  members(members: { readonly [name: string]: Json }): { [name: string]: Json } {
    return Object.fromEntries(
      Object.entries(members).map(([name, member]) => [this.text(name), this.value(member)]),
    )
  }

  text(text: string): string {
    return this.#tokens.reduce((shown, token) => shown.replaceAll(token, () => maskedToken(token)), text)
  }
}
