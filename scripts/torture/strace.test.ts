import { describe, expect, test } from 'vitest'
import { countCalls, decodeBytes, parseTrace } from './strace.ts'

describe('reading a trace', () => {
  test('a plain call gives its thread, its arguments and its result', () => {
    expect(parseTrace('17 pwrite64(20, "\\x61\\x2c\\x62"..., 3, 4096) = 3\n')).toEqual([
      { thread: 17, call: 'pwrite64', args: ['20', '"\\x61\\x2c\\x62"...', '3', '4096'], result: 3 },
    ])
  })

  test('a comma inside a string does not split it', () => {
    const [call] = parseTrace('1 openat(AT_FDCWD, "/a,b", O_RDWR|O_CREAT, 0600) = 5')
    expect(call?.args).toEqual(['AT_FDCWD', '"/a,b"', 'O_RDWR|O_CREAT', '0600'])
  })

  test('an interrupted call counts where it ended, with the arguments that it started with', () => {
    const text = [
      '1 fsync(20 <unfinished ...>',
      '2 write(1, "\\x61", 1) = 1',
      '1 <... fsync resumed>)             = 0',
    ].join('\n')
    expect(parseTrace(text)).toEqual([
      { thread: 2, call: 'write', args: ['1', '"\\x61"', '1'], result: 1 },
      { thread: 1, call: 'fsync', args: ['20'], result: 0 },
    ])
  })

  test('a failed call keeps its result, signals and exits are left out', () => {
    const text = [
      '1 fsync(3) = -1 EIO (Input/output error) (INJECTED)',
      '1 --- SIGCHLD {si_signo=SIGCHLD} ---',
      '1 pwrite64(3, "\\x61", 1, 0) = ?',
      '1 +++ killed by SIGKILL +++',
    ].join('\n')
    expect(parseTrace(text).map(({ call, result }) => [call, result])).toEqual([
      ['fsync', -1],
      ['pwrite64', Number.NaN],
    ])
  })
})

describe('the bytes of a string', () => {
  test('come from its hexadecimal form', () => {
    expect([...decodeBytes('"\\x00\\xff\\x2c"')]).toEqual([0, 255, 44])
    expect(decodeBytes('""').length).toBe(0)
  })

  test('are refused where the tracer has cut the string short', () => {
    expect(() => decodeBytes('"\\x61"...')).toThrow('cut a string short')
  })
})

test('calls are counted on the thread that makes most of them', () => {
  const text = [
    '1 pwrite64(3, "", 0, 0) = 0',
    '2 pwrite64(9, "", 0, 0) = 0',
    '1 fsync(3) = 0',
    '1 pwrite64(3, "", 0, 0) = 0',
  ].join('\n')
  const counts = countCalls(parseTrace(text), ['pwrite64', 'fsync', 'ftruncate'])
  expect([...counts]).toEqual([
    ['pwrite64', 2],
    ['fsync', 1],
    ['ftruncate', 0],
  ])
})
