import { AsyncScope } from '@holdfast/shared/scope/async-scope'
import type { Log } from '../../log/log.ts'
import { openSqliteStore, type SqliteStore } from '../../store/sqlite/sqlite-store.ts'
import type { Caller } from '../caller.ts'
import { Devices, type AddedDevice, type NewDevice } from '../devices.ts'
import { TokenGate } from '../token-gate.ts'

export const ROOT_TOKEN = 'holdfast_k7Jw2-pQx9_Rt4zLm8vB3nC6yD1sF5gH0aEiUoWqZ'

/** A gate over a real store, with a clock that only the test moves and a log that it can read. */
export interface GateWorld extends AsyncDisposable {
  readonly store: SqliteStore
  readonly gate: TokenGate
  readonly devices: Devices
  readonly clock: { now: number }
  readonly lines: readonly string[]
  /** The caller as a token makes one; throws where it makes none. */
  enter(token: string): Promise<Caller>
  /** What a token is answered: `in`, or the code of the refusal. */
  codeOf(token: string | undefined, address?: string): Promise<string>
  /** A device that somebody with the root token added. */
  add(device?: Partial<NewDevice>, namespace?: string): Promise<AddedDevice>
}

export async function openGateWorld(database = ':memory:'): Promise<GateWorld> {
  const scope = new AsyncScope()
  const clock = { now: 1_700_000_000_000 }
  const now = (): number => clock.now
  const lines: string[] = []
  const store = scope.use(await openSqliteStore(database, { now }))
  const gate = scope.use(new TokenGate({ store, rootToken: ROOT_TOKEN, now, log: logTo(lines) }))
  const devices = new Devices(store, gate)
  const enter = async (token: string): Promise<Caller> => {
    const answer = await gate.authenticate({ token, address: 'test' })
    if ('kind' in answer) throw new Error(`not let in: ${answer.code}`)
    return answer
  }
  return {
    store,
    gate,
    devices,
    clock,
    lines,
    enter,
    async codeOf(token, address = 'test') {
      const answer = await gate.authenticate({ token, address })
      return 'kind' in answer ? answer.code : 'in'
    },
    async add({ name = 'laptop', role = 'agent' } = {}, namespace = 'default') {
      const added = await devices.add(await enter(`${ROOT_TOKEN}:${namespace}`), { name, role })
      if ('kind' in added) throw new Error(`not added: ${added.code}`)
      return added
    },
    [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose](),
  }
}

function logTo(lines: string[]): Log {
  const keep = (...said: readonly unknown[]): void => void lines.push(JSON.stringify(said))
  return {
    debug: keep,
    info: keep,
    warn: keep,
    error: (what, error, facts) => keep(what, String(error), facts),
  }
}
