import { describe, expect, test } from 'vitest'
import { TypedEmitter } from './typed-emitter.ts'

describe('telling those who listen', () => {
  test('everybody is told, in the order in which they came, until they stop listening', () => {
    const emitter = new TypedEmitter<{ readonly said: string }>()
    const heard: string[] = []
    const endFirst = emitter.on('said', (text) => heard.push(`first ${text}`))
    emitter.on('said', (text) => heard.push(`second ${text}`))
    emitter.emit('said', 'a')
    endFirst()
    emitter.emit('said', 'b')
    expect(heard).toEqual(['first a', 'second a', 'second b'])
  })

  test('a function that listens twice is told twice, and once after one end', () => {
    const emitter = new TypedEmitter<{ readonly said: string }>()
    const heard: string[] = []
    const listener = (text: string): void => void heard.push(text)
    const end = emitter.on('said', listener)
    emitter.on('said', listener)
    emitter.emit('said', 'a')
    end()
    emitter.emit('said', 'b')
    expect(heard).toEqual(['a', 'a', 'b'])
  })

  test('who begins to listen while something is told hears of the next', () => {
    const emitter = new TypedEmitter<{ readonly said: string }>()
    const heard: string[] = []
    emitter.on('said', () => void emitter.on('said', (text) => heard.push(text)))
    emitter.emit('said', 'a')
    expect(heard).toEqual([])
    emitter.emit('said', 'b')
    expect(heard).toEqual(['b'])
  })
})
