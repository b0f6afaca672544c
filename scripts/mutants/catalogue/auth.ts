import type { Mutant } from '../mutant.ts'

const GATE = 'hub/src/auth/token-gate.ts'
const KNOWN = 'hub/src/auth/known-devices.ts'
const DEVICES = 'hub/src/auth/devices.ts'
const ROOT_TOKEN = 'hub/src/auth/root-token.ts'
const ADMISSION = 'hub/src/auth/host-and-origin.ts'

const tests = (title: string) => ({ files: ['hub/src/auth/', 'hub/src/config/'], title })

const tokenMutants: readonly Mutant[] = [
  {
    id: 'device-enters-any-namespace',
    why: 'a device reaches another tenant by naming its namespace',
    file: GATE,
    find: 'namespace !== null && namespace !== holder.namespace',
    replace: 'holder.namespace === null',
    caughtBy: tests('[SE2]'),
  },
  {
    id: 'device-namespace-from-request',
    why: 'the tenant is what the request says, not what the token is bound to',
    file: GATE,
    find: 'namespace !== holder.namespace) return null',
    replace: 'namespace !== holder.namespace) return { namespace, role: holder.role, device: holder.id }',
    caughtBy: tests('[SE2]'),
  },
  {
    id: 'device-secret-unchecked',
    why: 'knowing the id of a device is enough to be it',
    file: KNOWN,
    find: 'one.length === other.length && timingSafeEqual(one, other)',
    replace: 'one.length === other.length',
    caughtBy: tests('[SE2]'),
  },
  {
    id: 'hash-length-unchecked',
    why: 'a hash of another length throws and makes a request fail instead of being refused',
    file: KNOWN,
    find: 'one.length === other.length && timingSafeEqual(one, other)',
    replace: 'timingSafeEqual(one, other)',
    caughtBy: tests('[SE2]'),
  },
  {
    id: 'known-device-answers-wrong-secret',
    why: 'whether a device exists can be told by how a wrong secret is handled',
    file: KNOWN,
    find: 'if (fresh !== null && isSame(hash, fresh.hash)) return fresh',
    replace: 'if (fresh !== null) return isSame(hash, fresh.hash) ? fresh : null',
    caughtBy: tests('[SE2]'),
  },
  {
    id: 'token-trimmed',
    why: 'other texts than the token open the hub',
    file: 'hub/src/auth/presented-token.ts',
    find: 'if (colon < 0) return { base: text, namespace: null }',
    replace: 'if (colon < 0) return { base: text.trim(), namespace: null }',
    caughtBy: tests('[SE2]'),
  },
  {
    id: 'wrong-tokens-lock-address-longer',
    why: 'an address that keeps trying is never told again what is wrong with its token',
    file: 'hub/src/auth/failed-attempts.ts',
    find: 'level: isWithin ? level + 1 : level',
    replace: 'level: level + 1',
    caughtBy: tests('[SE5]'),
  },
]

const revocationMutants: readonly Mutant[] = [
  {
    id: 'revoked-device-enters',
    why: 'a token that was taken back still opens the hub',
    file: KNOWN,
    find: '!isProved || found === null || found.revokedAt !== null',
    replace: '!isProved || found === null',
    caughtBy: tests('[SE1]'),
  },
  {
    id: 'revoked-device-stays-known',
    why: 'a token that was taken back opens the hub for another minute',
    file: KNOWN,
    find: 'this.#forgotten += 1\n    this.#kept.delete(device)',
    replace: 'this.#forgotten += 1',
    caughtBy: tests('[SE1]'),
  },
  {
    id: 'revocation-overtaken-by-look-up',
    why: 'a look that began before the token was taken back lets it in, and keeps it at hand',
    file: KNOWN,
    find: 'if (round === this.#forgotten) return found',
    replace: 'if (round <= this.#forgotten) return found',
    caughtBy: tests('[SE1]'),
  },
  {
    id: 'revocation-told-before-durable',
    why: 'connections end for a revocation that may not have happened, and come back',
    file: DEVICES,
    find: 'const revoked = await this.#store.revokeDevice(',
    replace: 'this.#gate.revoked(device)\n    const revoked = await this.#store.revokeDevice(',
    caughtBy: tests('[SE1]'),
  },
  {
    id: 'anybody-revokes',
    why: 'a device that may only work takes back the tokens of others',
    file: DEVICES,
    find: "if (!mayDo(caller, 'admin')) return denied(caller)\n    const revoked",
    replace: 'const revoked',
    caughtBy: tests('[SE1]'),
  },
]

const placeMutants: readonly Mutant[] = [
  {
    id: 'trailing-dot-host-answered',
    why: 'a name that resolves through another way than the listed one is taken for it',
    file: ADMISSION,
    find: 'HOST.exec(text.toLowerCase())',
    replace: "HOST.exec(text.toLowerCase().replace(/\\.(?=:|$)/, ''))",
    caughtBy: tests('[SE3]'),
  },
  {
    id: 'origin-null-answered',
    why: 'any page can ask the hub from a sandboxed frame',
    file: ADMISSION,
    find: 'if (origin === undefined || origins',
    replace: "if (origin === undefined || origin === 'null' || origins",
    caughtBy: tests('[SE3]'),
  },
  {
    id: 'origin-of-any-port-answered',
    why: 'a page that another program of this machine serves may use the hub',
    file: ADMISSION,
    find: 'originsAt(asked).includes(origin)',
    replace: 'originsAt(asked).some((own) => origin.startsWith(own))',
    caughtBy: tests('[SE3]'),
  },
  {
    id: 'every-address-without-hosts',
    why: 'a hub that other machines reach starts without saying under which names',
    file: 'hub/src/config/read-config.ts',
    find: '!isLoopback(config.host) && ',
    replace: "config.host === '0.0.0.0' && ",
    caughtBy: tests('[SE3]'),
  },
  {
    id: 'number-of-digits-and-more',
    why: 'a mistyped port is taken for another one in silence',
    file: 'hub/src/config/whole-number.ts',
    find: 'const value = DIGITS.test(text) ? Number(text) : Number.NaN',
    replace: 'const value = Number.parseInt(text, 10)',
    caughtBy: tests('[OP1]'),
  },
]

const rootTokenMutants: readonly Mutant[] = [
  {
    id: 'token-file-readable-by-others-taken',
    why: 'a token that every user of the machine could read is used on',
    file: ROOT_TOKEN,
    find: '(mode & 0o077) !== 0',
    replace: '(mode & 0o022) !== 0',
    caughtBy: tests('[SE4]'),
  },
  {
    id: 'token-file-made-readable',
    why: 'every user of the machine can read the token',
    file: ROOT_TOKEN,
    find: "openSync(draft, 'wx', 0o600)",
    replace: "openSync(draft, 'wx', 0o644)",
    caughtBy: tests('[SE4]'),
  },
  {
    id: 'token-of-device-as-root',
    why: "a device token in the hub's own variable becomes the token of everything",
    file: 'hub/src/auth/root-token-problem.ts',
    find: 'if (isDeviceToken(token))',
    replace: 'if (token === null)',
    caughtBy: tests('[OP1]'),
  },
]

export const authMutants: readonly Mutant[] = [
  ...tokenMutants,
  ...revocationMutants,
  ...placeMutants,
  ...rootTokenMutants,
]
