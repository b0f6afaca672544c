import { expect, test } from 'vitest'
import { Agenda } from './agenda.ts'
import { simulate } from './simulation.ts'

test('what was planned happens in its order, and the clock goes with it', () => {
  const agenda = new Agenda()
  const happened: string[] = []
  const plan = (ms: number, name: string): void =>
    agenda.after(ms, name, () => happened.push(`${agenda.now} ${name}`))
  plan(20, 'last')
  plan(10, 'first')
  plan(10, 'second')
  plan(500, 'never')
  agenda.next(100)?.act()
  agenda.next(100)?.act()
  expect(agenda.together(100)?.name).toBe('last')
  expect(agenda.now).toBe(10)
  expect(agenda.next(100)).toBeNull()
  expect(happened).toEqual(['10 first', '10 second'])
})

test('one seed gives everything that happens, and another seed something else', async () => {
  const [one, again, other] = [await simulate(7), await simulate(7), await simulate(8)]
  expect(again).toEqual(one)
  expect(other.steps).not.toEqual(one.steps)
})

test('[RU7] nobody is let in beside somebody else, whatever is killed, lost, late or repeated', async () => {
  for (let seed = 1; seed <= 10; seed += 1)
    expect({ seed, ...(await simulate(seed)) }).toMatchObject({ findings: [] })
})
