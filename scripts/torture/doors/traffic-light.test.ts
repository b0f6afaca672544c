import { EventEmitter, once } from 'node:events'
import { expect, test } from 'vitest'
import { TrafficLight } from './traffic-light.ts'

test('nothing goes through until it is green', async () => {
  const light = new TrafficLight()
  const done: string[] = []
  const passed = light.pass(async () => void done.push('a'))
  await Promise.resolve()
  expect(done).toEqual([])
  light.go()
  await passed
  expect(done).toEqual(['a'])
})

test('when it turns red, it tells when everything that went through has come to its end', async () => {
  const light = new TrafficLight()
  light.go()
  const finish = new EventEmitter()
  const passed = light.pass(async () => void (await once(finish, 'now')))
  let isQuiet = false
  const stopped = light.stop().then(() => (isQuiet = true))
  await Promise.resolve()
  expect([isQuiet, light.inside]).toEqual([false, 1])
  finish.emit('now')
  await Promise.all([passed, stopped])
  expect([isQuiet, light.inside]).toEqual([true, 0])
  await light.stop()
})

test('work that fails lets go of it', async () => {
  const light = new TrafficLight()
  light.go()
  await expect(light.pass(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  await light.stop()
})
