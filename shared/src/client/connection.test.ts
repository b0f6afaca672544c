import { describe, expect, test } from 'vitest'
import * as fc from 'fast-check'
import { backoffMs } from './backoff.ts'
import { Connection } from './connection.ts'
import { NEXT, type ConnectionState, type ConnectionStep } from './connection-state.ts'
import { FakeLink } from './contract/fake-link.ts'
import { FakeOutside } from './contract/fake-outside.ts'

class Line {
  readonly outside = new FakeOutside()
  readonly links: FakeLink[] = []
  readonly heard: string[] = []
  readonly connection = new Connection({
    outside: this.outside,
    dial: (listener) => {
      const link = new FakeLink(listener)
      this.links.push(link)
      return link
    },
    listener: {
      onLive: () => this.heard.push('live'),
      onLost: () => this.heard.push('lost'),
      onRefused: ({ code }) => this.heard.push(code),
      onEvent: (event) => this.heard.push(event),
      onState: () => undefined,
    },
  })

  get link(): FakeLink {
    const link = this.links.at(-1)
    if (link === undefined) throw new Error('nobody dialled')
    return link
  }

  /** How long it pauses before it dials again. */
  pause(): number {
    const before = this.outside.time
    while (this.connection.state === 'backing-off') this.outside.pass(10)
    return this.outside.time - before
  }
}

describe('the states of a connection', () => {
  test('[CL7] every step has a word on every state, and nothing leads out of stopped', () => {
    const states = Object.keys(NEXT) as ConnectionState[]
    expect(states.toSorted()).toEqual(['backing-off', 'connecting', 'idle', 'live', 'stopped'])
    for (const state of states) {
      expect(Object.keys(NEXT[state]).toSorted()).toEqual(['down', 'start', 'stop', 'timer', 'up'])
      expect(NEXT[state].stop).toBe(state === 'stopped' ? null : 'stopped')
    }
    expect(Object.values(NEXT.stopped)).toEqual([null, null, null, null, null])
  })

  test('[CL7] whatever happens, there is a link or a timer that leads on, and never one too many', () => {
    const steps = fc.array(fc.constantFrom('start', 'up', 'cut', 'drop', 'time', 'stale', 'stop'), {
      maxLength: 40,
    })
    const timersOf: Readonly<Record<ConnectionState, number>> = {
      idle: 0,
      connecting: 1,
      live: 0,
      'backing-off': 1,
      stopped: 0,
    }
    fc.assert(
      fc.property(steps, (taken) => {
        const line = new Line()
        const { connection, outside, links } = line
        const doing: Readonly<Record<string, () => unknown>> = {
          start: () => connection.start(),
          up: () => links.at(-1)?.open(),
          cut: () => links.at(-1)?.cut(),
          drop: () => connection.drop(),
          time: () => outside.pass(20_000),
          stale: () => links.at(-2)?.listener.onUp(),
          stop: () => connection.stop(),
        }
        for (const does of taken) {
          doing[does]?.()
          const { state } = connection
          expect(outside.timers).toBe(timersOf[state])
          const open = links.filter((link) => !link.isClosed)
          expect(open).toHaveLength(state === 'connecting' || state === 'live' ? 1 : 0)
          expect(connection.link).toBe(state === 'live' ? (links.at(-1) ?? null) : null)
        }
      }),
    )
  })
})

describe('a connection', () => {
  test('[CL7] pauses grow, up to half a minute, and begin anew once the hub has answered', () => {
    const line = new Line()
    line.connection.start()
    const pauses = Array.from({ length: 12 }, () => {
      line.link.cut()
      return line.pause()
    })
    expect(pauses.toSorted((left, right) => left - right)).toEqual(pauses)
    expect(pauses[0]).toBeLessThan(500)
    expect(pauses.at(-1)).toBeGreaterThan(10_000)
    expect(pauses.at(-1)).toBeLessThanOrEqual(30_000)
    line.link.open()
    line.connection.proven()
    line.link.cut()
    expect(line.pause()).toBe(pauses[0])
  })

  test('[CL7] coming up alone does not count as an answer', () => {
    const line = new Line()
    line.connection.start()
    const pauses = Array.from({ length: 6 }, () => {
      line.link.open()
      line.link.cut()
      return line.pause()
    })
    expect(pauses[5]).toBeGreaterThan(4 * (pauses[0] ?? 0))
  })

  test('[CL7] pauses are spread by chance, between half of the whole and the whole', () => {
    const range = { firstMs: 100, mostMs: 5_000 }
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), chance, (failures, drawn) => {
        const whole = Math.min(5_000, 100 * 2 ** (failures - 1))
        const ms = backoffMs(failures, range, drawn)
        expect(ms).toBeGreaterThanOrEqual(whole / 2)
        expect(ms).toBeLessThanOrEqual(whole)
      }),
    )
    expect(backoffMs(1, range, 0)).not.toBe(backoffMs(1, range, 0.9))
  })

  test('[CL7] one that never comes up is given up for another', () => {
    const line = new Line()
    line.connection.start()
    const [first] = line.links
    line.outside.pass(20_000)
    expect(first?.isClosed).toBe(true)
    expect(line.links.length).toBeGreaterThan(1)
    first?.listener.onUp()
    expect(line.heard).toEqual([])
  })

  test.each(['unauthorized', 'invalid_request', 'access_denied'] as const)(
    '[CL7] a hub that refuses it with %s is not asked again',
    (code) => {
      const line = new Line()
      line.connection.start()
      line.link.cut(code)
      expect(line.heard).toEqual([code])
    },
  )

  test('[VE9] what a connection that is gone still tells is not heard', () => {
    const line = new Line()
    line.connection.start()
    const old = line.link
    old.open()
    old.cut()
    line.pause()
    line.link.open()
    old.listener.onEvent('session-patched', {}, () => undefined)
    line.link.listener.onEvent('update', {}, () => undefined)
    expect(line.heard).toEqual(['live', 'lost', 'live', 'update'])
  })

  const steps: readonly ConnectionStep[] = ['start', 'stop']
  test.each(steps)('%s twice is %s once', (step) => {
    const line = new Line()
    line.connection.start()
    line.connection[step === 'start' ? 'start' : 'stop']()
    line.connection[step === 'start' ? 'start' : 'stop']()
    expect(line.links).toHaveLength(1)
    expect(line.connection.state).toBe(step === 'start' ? 'connecting' : 'stopped')
  })
})
