import { chance, pick, type Random } from '../../random.ts'
import { WEIRD } from './schema-sample.ts'

const DEEP = 100_000
const WIDE = 5000

const nested = (open: string, close: string, depth: number): string =>
  open.repeat(depth) + close.repeat(depth)

/** JSON that programs have fallen over. */
const WEIRD_TEXTS: readonly (() => string)[] = [
  () => '1e400',
  () => '-0',
  () => '9007199254740993',
  () => '"\\ud800"',
  () => '"\\u0000"',
  () => '"\\ud83d x"',
  () => '{"__proto__":{"polluted":1}}',
  () => '{"\\u005f_proto__":{"polluted":1}}',
  () => '{"constructor":{"prototype":{"polluted":1}}}',
  () => '{"a":{"b":{"__proto__":null}}}',
  () => '{"_placeholder":true,"num":0}',
  () => '{"toJSON":"x","then":"y"}',
  () => '{"":{"":{"":1}}}',
  () => '{"a":1,"a":2,"a":3}',
  () => nested('[', ']', 33),
  () => nested('{"a":', '}', 40).replace('}', '1}'),
  () => `"${'é'.repeat(700)}"`,
  () => `{"${'k'.repeat(300)}":1}`,
  () => '{"length":1e9,"0":1}',
]

/** Large ones, which cost time: seldom. */
const HEAVY_TEXTS: readonly (() => string)[] = [
  () => nested('[', ']', DEEP),
  () => `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`,
  () => `{${Array.from({ length: WIDE }, (_, at) => `"k${at}":0`).join(',')}}`,
  () => `"${'x'.repeat(300_000)}"`,
  () => `[${'0,'.repeat(100_000)}0]`,
]

/** The text of a sample, with something weird in the place of every mark. */
export function weirdText(random: Random, value: unknown): string {
  const text = JSON.stringify(value)
  return text.replaceAll(JSON.stringify(WEIRD), () =>
    chance(random, 0.03) ? pick(random, HEAVY_TEXTS)() : pick(random, WEIRD_TEXTS)(),
  )
}
