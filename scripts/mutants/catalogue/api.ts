import type { Mutant } from '../mutant.ts'

const COOKIES = 'hub/src/auth/login-cookies.ts'
const AUTHENTICATED = 'hub/src/http/authenticated.ts'
const SERVE = 'hub/src/http/api/serve-api.ts'
const LIST = 'hub/src/store/sqlite/list-sessions.ts'

const tests = (title: string, ...files: readonly string[]) => ({ files, title })

const loginMutants: readonly Mutant[] = [
  {
    id: 'cookie-unsigned',
    why: 'anybody writes a cookie that makes them an admin of any namespace',
    file: COOKIES,
    find: 'return isOurs ? said.parse',
    replace: 'return isOurs || text !== "" ? said.parse',
    caughtBy: tests('[SE1]', 'hub/src/auth/login-cookies'),
  },
  {
    id: 'cookie-forever',
    why: 'a cookie that was found years later still opens the hub',
    file: COOKIES,
    find: 'if (content === null || content.until <= this.#now()) return null',
    replace: 'if (content === null) return null',
    caughtBy: tests('[SE1]', 'hub/src/auth/login-cookies', 'hub/src/http/api/login'),
  },
  {
    id: 'cookie-key-without-root-token',
    why: 'another root token leaves every login as it was',
    file: COOKIES,
    find: "hkdfSync('sha256', rootToken, '', PURPOSE, KEY_BYTES)",
    replace: "hkdfSync('sha256', PURPOSE, '', PURPOSE, KEY_BYTES)",
    caughtBy: tests('[SE1]', 'hub/src/auth/login-cookies'),
  },
  {
    id: 'cookie-outlives-device',
    why: 'a device whose token was taken back goes on with its login',
    file: 'hub/src/auth/known-devices.ts',
    find: 'if (found === null || found.revokedAt !== null) return null\n    this.#keep(found)\n    return found\n  }\n\n  /** Nothing that was read',
    replace:
      'if (found === null) return null\n    this.#keep(found)\n    return found\n  }\n\n  /** Nothing that was read',
    caughtBy: tests('[SE1]', 'hub/src/http/api/login'),
  },
  {
    id: 'cookie-changes-without-origin',
    why: 'a page of another port of this host archives sessions in the name of who is logged in',
    file: AUTHENTICATED,
    find: 'if (caller !== null) return originRefusal(c) ?? caller',
    replace: 'if (caller !== null) return caller',
    caughtBy: tests('[SE3]', 'hub/src/http/api/login'),
  },
  {
    id: 'cookie-readable-by-scripts',
    why: 'a script in a page takes the login away with it',
    file: 'hub/src/http/api/login.ts',
    find: '; HttpOnly; SameSite=Strict',
    replace: '; SameSite=Strict',
    caughtBy: tests('[WI5]', 'hub/src/http/api/login'),
  },
]

const routeMutants: readonly Mutant[] = [
  {
    id: 'api-ignores-roles',
    why: 'whoever may only read writes, and whoever may write gives out tokens',
    file: SERVE,
    find: 'if (mayDo(caller, role)) return null',
    replace: "if (mayDo(caller, 'viewer')) return null",
    caughtBy: tests('[SE1]', 'hub/src/http/api/serve-api'),
  },
  {
    id: 'history-shows-viewer-tokens',
    why: 'who may only read finds every token in the history',
    file: 'hub/src/http/api/entry-as-seen.ts',
    find: 'const mask = new TokenMask([...hidden, ...values.flatMap(tokensIn)])',
    replace: 'const mask = new TokenMask([])',
    caughtBy: tests('[SE4]', 'hub/src/http/api/session-reads'),
  },
  {
    id: 'list-shows-whole-tokens',
    why: 'the list on a shared screen shows tokens that anybody may resume',
    file: 'hub/src/http/api/session-list.ts',
    find: 'new TokenMask(mayRepeatToken(session) ? ',
    replace: 'new TokenMask(present.length >= 0 ? [] : mayRepeatToken(session) ? ',
    caughtBy: tests('[WI6]', 'hub/src/http/api/session-list'),
  },
  {
    id: 'list-shows-earlier-tokens',
    why: 'a name that repeats a token of before shows it to everybody who may look',
    file: 'hub/src/http/api/session-list.ts',
    find: '[...present, ...had().flatMap(tokenTexts)]',
    replace: 'present',
    caughtBy: tests('that the session had earlier', 'hub/src/http/api/session-list'),
  },
  {
    id: 'list-search-looks-into-tokens',
    why: 'who may only look finds a token out piece by piece, by looking for it',
    file: LIST,
    find: 'if (words === undefined || shows === undefined) return true',
    replace: 'if (words !== "") return true',
    caughtBy: tests('is not found inside of a token', 'hub/src/http/api/session-list'),
  },
  {
    id: 'view-shows-viewer-older-tokens',
    why: 'a note that names an earlier token shows it to who may only read',
    file: 'hub/src/http/api/session-reads.ts',
    find: 'asSeenBy(caller, record, hidden)',
    replace: 'asSeenBy(caller, record)',
    caughtBy: tests('[SE4]', 'hub/src/http/api/session-reads'),
  },
  {
    id: 'archive-overwrites-archive',
    why: 'who put a session away, and why, is lost when somebody does it again',
    file: 'hub/src/http/api/lifecycle.ts',
    find: 'if (isDone(session)) return',
    replace: 'if (isDone(session) && reason === undefined) return',
    caughtBy: tests('[ME10]', 'hub/src/http/api/lifecycle'),
  },
  {
    id: 'filtered-list-skips-after-full-page',
    why: 'a filtered list misses sessions between two pages',
    file: LIST,
    find: 'if (items.length === at.room) return { items, through, isLast: false }',
    replace: 'if (items.length === at.room) return { items, through: row.key, isLast: false }',
    caughtBy: tests('[VE9]', 'hub/src/store/sqlite/contract'),
  },
  {
    id: 'filtered-list-unbounded',
    why: 'one request for what hardly exists has the hub look through everything',
    file: LIST,
    find: 'const LOOK_AT_MOST = 2000',
    replace: 'const LOOK_AT_MOST = 2_000_000',
    caughtBy: tests('[SE5]', 'hub/src/store/sqlite/contract'),
  },
]

export const apiMutants: readonly Mutant[] = [...loginMutants, ...routeMutants]
