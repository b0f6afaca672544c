import type { LogoutAnswer } from '@holdfast/shared/protocol/http/login'
import type { Gate } from '../../auth/gate.ts'
import { LOGIN_COOKIE, LOGIN_SECONDS, type LoginCookies } from '../../auth/login-cookies.ts'
import type { DoorContext } from '../door-env.ts'
import { isRefusal } from '../is-refusal.ts'
import type { ApiHandlers } from './api-handler.ts'

const BYE: LogoutAnswer = { ok: true }

export interface LoginParts {
  readonly gate: Gate
  readonly logins: LoginCookies
}

/** A wrong token counts like one that is sent with any other request. */
export function login({ gate, logins }: LoginParts): ApiHandlers<'POST /api/login' | 'POST /api/logout'> {
  return {
    async 'POST /api/login'({ body, c }) {
      const caller = await gate.authenticate({ token: body.token, address: c.env.address })
      if (isRefusal(caller)) return caller
      const { value, expiresAt } = logins.cookieFor(caller)
      c.header('Set-Cookie', setCookie(c, value, LOGIN_SECONDS))
      return { ...caller, expiresAt }
    },
    async 'POST /api/logout'({ c }) {
      c.header('Set-Cookie', setCookie(c, '', 0))
      return BYE
    },
  }
}

/** The hub speaks HTTP; where a page came over HTTPS, through a proxy before the hub, the browser says so in its Origin. */
function setCookie(c: DoorContext, value: string, seconds: number): string {
  const isSecure = new URL(c.req.url).protocol === 'https:' || c.req.header('origin')?.startsWith('https:')
  const attributes = `Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${isSecure === true ? '; Secure' : ''}`
  return `${LOGIN_COOKIE}=${value}; ${attributes}`
}
