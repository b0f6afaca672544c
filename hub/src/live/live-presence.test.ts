import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LivePresence } from './live-presence.ts'

const S = { namespace: 'default', session: 's' }
const M = { namespace: 'default', machine: 'm' }
const SAYS = { thinking: false }
const THINKS = { thinking: true }

/** A clock that stands still until it is moved. */
class Clock {
  time = 1000

  readonly now = (): number => this.time
}

function presence(remembered?: number): { clock: Clock; live: LivePresence } {
  const clock = new Clock()
  return { clock, live: new LivePresence(clock.now, remembered) }
}

describe('a session', () => {
  test('[CO12] nobody has said that it is alive: it is not, and never was', () => {
    const { live } = presence()
    expect(live.session(S)).toEqual({ active: false, activeAt: null, thinking: false, thinkingAt: null })
  })

  test('[CO12] it is active from the first alive until its connection ends', () => {
    const { live } = presence()
    live.sessionAlive(S, 'c', SAYS)
    expect(live.session(S).active).toBe(true)
    live.disconnected('c')
    expect(live.session(S).active).toBe(false)
  })

  test('[CO12] it is active as long as one of its connections is there', () => {
    const { live } = presence()
    live.sessionAlive(S, 'c1', SAYS)
    live.sessionAlive(S, 'c2', SAYS)
    live.disconnected('c1')
    expect(live.session(S).active).toBe(true)
    live.disconnected('c2')
    expect(live.session(S).active).toBe(false)
  })

  test('[CO12] a connection that says nothing of it does not make it active', () => {
    const { live } = presence()
    live.sessionAlive({ ...S, session: 'other' }, 'c', SAYS)
    live.machineAlive(M, 'c')
    expect(live.session(S).active).toBe(false)
  })

  test('[CO12] an alive after the end on the same connection does not make it active again', () => {
    const { live } = presence()
    live.sessionAlive(S, 'c', THINKS)
    live.sessionEnded(S, 'c')
    expect(live.session(S)).toMatchObject({ active: false, thinking: false })
    live.sessionAlive(S, 'c', THINKS)
    expect(live.session(S)).toMatchObject({ active: false, thinking: false })
  })

  test('[CO12] an end before the first alive counts too', () => {
    const { live } = presence()
    live.sessionEnded(S, 'c')
    live.sessionAlive(S, 'c', SAYS)
    expect(live.session(S).active).toBe(false)
  })

  test('[CO12] a reconnect after the end makes it active', () => {
    const { live } = presence()
    live.sessionAlive(S, 'c1', SAYS)
    live.sessionEnded(S, 'c1')
    live.disconnected('c1')
    live.sessionAlive(S, 'c2', SAYS)
    expect(live.session(S).active).toBe(true)
  })

  test('[CO12] an end on one connection takes nothing from what another one says', () => {
    const { live } = presence()
    live.sessionAlive(S, 'c1', SAYS)
    live.sessionAlive(S, 'c2', THINKS)
    live.sessionEnded(S, 'c1')
    expect(live.session(S)).toMatchObject({ active: true, thinking: true })
  })

  test('[CO12] what is said in the name of a connection that is gone does not count', () => {
    const { live } = presence()
    live.sessionAlive(S, 'c', SAYS)
    live.disconnected('c')
    live.sessionAlive(S, 'c', THINKS)
    live.machineAlive(M, 'c')
    expect(live.session(S)).toMatchObject({ active: false, thinking: false })
    expect(live.machine(M).active).toBe(false)
  })

  test('[RU1] it thinks while one of its connections says so', () => {
    const { live } = presence()
    live.sessionAlive(S, 'c1', THINKS)
    live.sessionAlive(S, 'c2', SAYS)
    expect(live.session(S).thinking).toBe(true)
    live.sessionAlive(S, 'c1', SAYS)
    expect(live.session(S).thinking).toBe(false)
  })

  test('[RU1] a connection that ends takes its thinking with it', () => {
    const { live } = presence()
    live.sessionAlive(S, 'c1', THINKS)
    live.sessionAlive(S, 'c2', SAYS)
    live.disconnected('c1')
    expect(live.session(S)).toMatchObject({ active: true, thinking: false })
  })

  test('[RU1] its times are when the hub last heard each word, and stay known when it is over', () => {
    const { clock, live } = presence()
    live.sessionAlive(S, 'c', THINKS)
    clock.time = 2000
    live.sessionAlive(S, 'c', SAYS)
    clock.time = 3000
    const known = { activeAt: 2000, thinkingAt: 1000 }
    expect(live.session(S)).toEqual({ active: true, thinking: false, ...known })
    live.disconnected('c')
    expect(live.session(S)).toEqual({ active: false, thinking: false, ...known })
  })

  test('[SE2] the same id in another namespace is another session', () => {
    const { live } = presence()
    live.sessionAlive({ namespace: 'a', session: 'b,c' }, 'c', SAYS)
    for (const stranger of [
      { namespace: 'default', session: 'b,c' },
      { namespace: 'a,b', session: 'c' },
      { namespace: 'a","b', session: 'c' },
    ])
      expect(live.session(stranger).activeAt).toBeNull()
  })
})

describe('a machine', () => {
  test('[CO12] it is active while a connection that said so is there, and its time stays known', () => {
    const { clock, live } = presence()
    expect(live.machine(M)).toEqual({ active: false, activeAt: null })
    live.machineAlive(M, 'c')
    clock.time = 2000
    expect(live.machine(M)).toEqual({ active: true, activeAt: 1000 })
    live.disconnected('c')
    expect(live.machine(M)).toEqual({ active: false, activeAt: 1000 })
  })

  test('[SE2] the same id in another namespace is another machine, and no session', () => {
    const { live } = presence()
    live.machineAlive(M, 'c')
    expect(live.machine({ ...M, namespace: 'other' }).active).toBe(false)
    expect(live.session({ namespace: M.namespace, session: M.machine }).active).toBe(false)
  })
})

const key = (session: string) => ({ ...S, session })

function seen(live: LivePresence, ...sessions: string[]): string[] {
  return sessions.filter((session) => live.session(key(session)).activeAt !== null)
}

describe('what is remembered', () => {
  test('[RU1] of what is over only so much is known, the newest', () => {
    const { live } = presence(2)
    for (const session of ['a', 'b', 'c']) live.sessionAlive(key(session), session, SAYS)
    for (const connection of ['b', 'a', 'c']) live.disconnected(connection)
    expect(seen(live, 'a', 'b', 'c')).toEqual(['a', 'c'])
  })

  test('[CO12] what is alive is known, however much there is', () => {
    const { live } = presence(1)
    for (const session of ['a', 'b', 'c']) live.sessionAlive(key(session), session, SAYS)
    expect(seen(live, 'a', 'b', 'c')).toEqual(['a', 'b', 'c'])
  })

  test('[RU1] what came back is not forgotten for having been away', () => {
    const { live } = presence(2)
    for (const [connection, session] of ['a', 'b', 'a', 'c'].entries()) {
      live.sessionAlive(key(session), String(connection), SAYS)
      live.disconnected(String(connection))
    }
    expect(seen(live, 'a', 'b', 'c')).toEqual(['a', 'c'])
  })
})

describe('waiting until a session is inactive', () => {
  const LONG = 60_000

  test('[CO13] it is at once where nobody says that it is alive', async () => {
    const { live } = presence()
    expect(await live.sessionInactive(S, LONG)).toBe(true)
  })

  test.each<[string, (live: LivePresence) => void]>([
    ['its connection ends', (live) => live.disconnected('c')],
    ['its client says that it ended', (live) => live.sessionEnded(S, 'c')],
  ])('[CO13] everybody who waits is told when %s', async (_, end) => {
    const { live } = presence()
    live.sessionAlive(S, 'c', SAYS)
    const waits = [live.sessionInactive(S, LONG), live.sessionInactive(S, LONG)]
    end(live)
    expect(await Promise.all(waits)).toEqual([true, true])
  })

  test('[CO13] it is over with the last connection, not the first', async () => {
    const { live } = presence()
    live.sessionAlive(S, 'c1', SAYS)
    live.sessionAlive(S, 'c2', SAYS)
    const happened: string[] = []
    const wait = live.sessionInactive(S, LONG).then(() => happened.push('inactive'))
    live.disconnected('c1')
    await new Promise((resolve) => setImmediate(resolve))
    happened.push('the last one ends')
    live.disconnected('c2')
    await wait
    expect(happened).toEqual(['the last one ends', 'inactive'])
  })

  test('[CO13] whoever waited in vain is told so', async () => {
    const { live } = presence()
    live.sessionAlive(S, 'c', SAYS)
    expect(await live.sessionInactive(S, 1)).toBe(false)
  })
})

describe('any history', () => {
  type Step = readonly [kind: 'alive' | 'thinks' | 'end' | 'gone', connection: number, session: number]
  const step: fc.Arbitrary<Step> = fc.tuple(
    fc.constantFrom('alive' as const, 'alive' as const, 'thinks' as const, 'end' as const, 'gone' as const),
    fc.nat({ max: 3 }),
    fc.nat({ max: 2 }),
  )

  /** The rule in its plainest form: the words said on each connection, kept for ever. */
  function expected(steps: readonly Step[], session: number): { active: boolean; thinking: boolean } {
    const here = [0, 1, 2, 3].flatMap((connection) => {
      const own = steps.filter(([, speaker]) => speaker === connection)
      const words = own.filter(([kind, , about]) => about === session && kind !== 'gone')
      const isGone = own.some(([kind]) => kind === 'gone') || words.some(([kind]) => kind === 'end')
      return isGone ? [] : words.slice(-1)
    })
    return { active: here.length > 0, thinking: here.some(([kind]) => kind === 'thinks') }
  }

  test('[CO12] whatever is said in whatever order, it is who is here and what they said last that counts', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const { live } = presence()
        for (const [kind, connection, session] of steps) {
          const about = key(String(session))
          if (kind === 'gone') live.disconnected(String(connection))
          else if (kind === 'end') live.sessionEnded(about, String(connection))
          else live.sessionAlive(about, String(connection), { thinking: kind === 'thinks' })
        }
        for (const session of [0, 1, 2])
          expect(live.session(key(String(session)))).toMatchObject(expected(steps, session))
      }),
      { numRuns: 500 },
    )
  })
})

describe('whoever listens', () => {
  test('[WI6] hears when a session becomes active, thinks and is not active any more, and of nothing else', () => {
    const { live } = presence()
    const heard: object[] = []
    const stop = live.onChange((session) => heard.push({ ...session, ...live.session(session) }))
    live.sessionAlive(S, 'c1', SAYS)
    live.sessionAlive(S, 'c1', SAYS)
    live.sessionAlive(S, 'c2', THINKS)
    live.sessionAlive(S, 'c1', THINKS)
    live.disconnected('c1')
    live.machineAlive(M, 'c2')
    live.sessionEnded(S, 'c2')
    const states = heard.map((state) => ({ ...state, activeAt: null, thinkingAt: null }))
    const state = { ...S, activeAt: null, thinkingAt: null }
    expect(states).toEqual([
      { ...state, active: true, thinking: false },
      { ...state, active: true, thinking: true },
      { ...state, active: false, thinking: false },
    ])
    stop()
    live.sessionAlive(S, 'c3', SAYS)
    expect(heard.length).toBe(3)
  })

  test('[WI6] [SE2] the active sessions are those of one namespace', () => {
    const { live } = presence()
    live.sessionAlive(S, 'c', SAYS)
    live.sessionAlive({ namespace: 'default', session: 't' }, 'c', SAYS)
    live.sessionAlive({ namespace: 'other', session: 's' }, 'c', SAYS)
    live.sessionEnded({ namespace: 'default', session: 't' }, 'c')
    expect([...live.activeSessions('default')]).toEqual(['s'])
  })
})
