import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { idSchema, namespaceSchema } from '@holdfast/shared/records/ids'
import { z } from 'zod'
import type { Caller } from './caller.ts'
import type { Gate } from './gate.ts'

export const LOGIN_COOKIE = 'holdfast_login'
export const LOGIN_SECONDS = 30 * 24 * 60 * 60

const PURPOSE = 'holdfast login cookie 1'
const KEY_BYTES = 32
/** What it says, and the signature of that, both in base64url. */
const FORM = /^([A-Za-z0-9_-]{1,2048})\.([A-Za-z0-9_-]{43})$/

/** Who logged in: a device, or the root token speaking for a namespace. A device's role and namespace are asked for anew. */
const said = z.strictObject({
  who: z.union([z.strictObject({ device: idSchema }), z.strictObject({ namespace: namespaceSchema })]),
  until: z.int(),
})
type Said = z.infer<typeof said>

export interface LoginCookiesParts {
  readonly rootToken: string
  readonly gate: Pick<Gate, 'deviceCaller'>
  readonly now: () => number
}

export interface LoginCookie {
  readonly value: string
  /** In milliseconds. */
  readonly expiresAt: number
}

/**
 * What a browser shows in place of a token. The hub keeps none of them: a cookie is signed with a key that follows from
 * the root token, so that another root token ends them all, and a device's ends with the device.
 */
export class LoginCookies {
  readonly #key: Uint8Array
  readonly #gate: Pick<Gate, 'deviceCaller'>
  readonly #now: () => number

  constructor({ rootToken, gate, now }: LoginCookiesParts) {
    this.#key = new Uint8Array(hkdfSync('sha256', rootToken, '', PURPOSE, KEY_BYTES))
    this.#gate = gate
    this.#now = now
  }

  cookieFor({ device, namespace }: Caller): LoginCookie {
    const expiresAt = this.#now() + LOGIN_SECONDS * 1000
    const content: Said = { who: device === null ? { namespace } : { device }, until: expiresAt }
    const text = Buffer.from(JSON.stringify(content)).toString('base64url')
    return { value: `${text}.${this.#signatureOf(text).toString('base64url')}`, expiresAt }
  }

  /** Who a Cookie header speaks for; null where it has no login in it that is good now. */
  async callerIn(header: string | undefined): Promise<Caller | null> {
    const content = this.#read(cookieIn(header))
    if (content === null || content.until <= this.#now()) return null
    const { who } = content
    if ('device' in who) return this.#gate.deviceCaller(who.device)
    return { namespace: who.namespace, role: 'admin', device: null }
  }

  #read(value: string | undefined): Said | null {
    const [, text, signature] = FORM.exec(value ?? '') ?? []
    if (text === undefined || signature === undefined) return null
    const isOurs = timingSafeEqual(Buffer.from(signature, 'base64url'), this.#signatureOf(text))
    return isOurs ? said.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))) : null
  }

  #signatureOf(text: string): Buffer {
    return createHmac('sha256', this.#key).update(text).digest()
  }
}

/** Of several of this name the first counts: browsers send the one with the longest path first. */
function cookieIn(header: string | undefined): string | undefined {
  for (const pair of (header ?? '').split(';')) {
    const [name, value] = pair.trim().split('=', 2)
    if (name === LOGIN_COOKIE) return value
  }
  return undefined
}
