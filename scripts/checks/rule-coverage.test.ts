import { describe, expect, test } from 'vitest'
import { compareCoverage } from './compare-coverage.ts'
import { readSpecRules } from './spec-rules.ts'
import { collectTestTitles, ruleIdsOf } from './test-titles.ts'

const titles = (source: string) => collectTestTitles(source).map(({ title }) => title)
const proof = (id: string) => ({ id, file: 'a.test.ts', line: 7 })

describe('readSpecRules', () => {
  test('reads ids and how far each rule is built', () => {
    const text = [
      '# Title',
      '- **ME1** Metadata is (an object).',
      '  **ME2** is not at the start of its line.',
      '- **CO1** _(later)_ HTTP.',
      '- **Never lost.** A promise.',
      '- **OP6** _(in part: the store)_ Backup.',
    ].join('\n')
    expect(readSpecRules(text, 'S.md')).toEqual({
      rules: [
        { id: 'ME1', line: 2, built: 'whole' },
        { id: 'CO1', line: 4, built: 'later' },
        { id: 'OP6', line: 6, built: 'in part' },
      ],
      problems: [],
    })
  })

  test('an unknown mark, an empty one and an id that is there twice are problems', () => {
    const text = '- **ME1** _(soon)_ a\n- **ME2** _(in part: )_ b\n- **ME1** c'
    const { problems } = readSpecRules(text, 'S.md')
    expect(problems.map(({ line }) => line)).toEqual([1, 2, 3])
    expect(problems[2]?.message).toBe('ME1 is a rule already, in line 1')
  })
})

describe('collectTestTitles', () => {
  test('finds plain, quoted, template and broken-over titles', () => {
    const source = [
      "test('[ME1] one', () => {})",
      'it("[ME2] two", () => {})',
      'test(',
      '  `[ME3] of ${name}`,',
      '  () => {})',
      "test.concurrent('[ME4] four', f)",
      "test.only(/* why */ '[ME5] five', f)",
    ].join('\n')
    expect(collectTestTitles(source)).toEqual([
      { title: '[ME1] one', line: 1 },
      { title: '[ME2] two', line: 2 },
      { title: '[ME3] of ', line: 3 },
      { title: '[ME4] four', line: 6 },
      { title: '[ME5] five', line: 7 },
    ])
  })

  test('finds the title after a table, a type argument or a condition', () => {
    expect(titles("test.each([[')', 1], ['(', 2]])('[A1] %s', f)")).toEqual(['[A1] %s'])
    expect(titles("test.each<[string, (a: Map<string, 1>) => void]>([])('[A2] %s', f)")).toEqual(['[A2] %s'])
    expect(titles("test.skipIf(onBun)('[A3] x', f)")).toEqual(['[A3] x'])
    expect(titles("test.skipIf(onBun).each(table)('[A4] x', f)")).toEqual(['[A4] x'])
    expect(titles("it.for(cases)('[A5] x', f)")).toEqual(['[A5] x'])
  })

  test('takes no title from comments, texts, other calls and tests that never run', () => {
    const source = [
      "// test('[A1] x', f)",
      "const fixture = `test('[A2] x', f)`",
      "pattern.test('[A3] x')",
      "test.skip('[A4] x', f)",
      "test.todo('[A5] x')",
      "describe('[A6] x', f)",
      'test(title, f)',
      "latest('[A7] x')",
    ].join('\n')
    expect(titles(source)).toEqual([])
  })

  test('a title names the rules at its beginning only', () => {
    expect(ruleIdsOf('[ME3][VE2] a [ME4] b')).toEqual(['ME3', 'VE2'])
    expect(ruleIdsOf('[ME3] [VE2] a')).toEqual(['ME3', 'VE2'])
    expect(ruleIdsOf('a [ME3] b')).toEqual([])
    expect(ruleIdsOf('[me3] b')).toEqual([])
  })
})

describe('compareCoverage', () => {
  test('counts, and finds nothing wrong where all agree', () => {
    const { rules } = readSpecRules('- **A1** a\n- **A2** _(later)_ b\n- **A3** _(in part: c)_ c', 'S.md')
    expect(compareCoverage(rules, [proof('A1'), proof('A1'), proof('A3')], 'S.md')).toEqual({
      problems: [],
      rules: 3,
      proved: 1,
      inPart: 1,
      later: 1,
    })
  })

  test('reports rules without tests, tests without rules, and later rules that have a test', () => {
    const { rules } = readSpecRules('- **A1** a\n- **A2** _(later)_ b\n- **A3** _(in part: c)_ c', 'S.md')
    const { problems } = compareCoverage(rules, [proof('A2'), proof('B1')], 'S.md')
    expect(problems.map(({ file, line, message }) => `${file}:${line}: ${message}`)).toEqual([
      'S.md:1: A1 has no test whose title begins with [A1]',
      'S.md:2: A2 is marked "later" and has a test: take the mark away or make it "in part"',
      'S.md:3: A3 has no test whose title begins with [A3]',
      'a.test.ts:7: a test names B1, which is no rule',
    ])
  })
})
