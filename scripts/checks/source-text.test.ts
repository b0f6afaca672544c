import { describe, expect, test } from 'vitest'
import { languageOf, lineAt, readSource } from './source-text.ts'

const words = (view: string) => view.split(/\s+/).filter((word) => word !== '')

describe('readSource', () => {
  test('tells code, comments and texts of a script apart', () => {
    const source = [
      "const a = 'it // is' // one",
      'const b = `x ${call(`inner // ${deep}`)} /* y */` /* two',
      'three */ const c = left / right / 2',
      'const d = /[\'"`]/.test(a) ? 1 : /[/]/.exec(b) // four',
    ].join('\n')
    const text = readSource(source, 'script')
    expect(words(text.comments)).toEqual(['//', 'one', '/*', 'two', 'three', '*/', '//', 'four'])
    expect(words(text.bare).join(' ')).toBe(
      'const a = const b = call( deep ) const c = left / right / 2 const d = .test(a) ? 1 : .exec(b)',
    )
    expect([text.comments, text.withoutComments, text.bare].map((view) => view.length)).toEqual([
      source.length,
      source.length,
      source.length,
    ])
  })

  test('gives the text that begins at a place, a template up to its first value', () => {
    const source = "call(`[A1] ${x} y`, 'it\\'s', \"\")"
    const text = readSource(source, 'script')
    expect(text.textAt(5)).toBe('[A1] ')
    expect(text.textAt(source.indexOf("'it"))).toBe("it\\'s")
    expect(text.textAt(source.indexOf('""'))).toBe('')
    expect(text.textAt(0)).toBeNull()
  })

  test('a slash after a value divides, and after an operator begins a regular expression', () => {
    expect(readSource("const x = items[0] / n // 'c'", 'script').comments.trim()).toBe("// 'c'")
    expect(readSource("return /'/ // c", 'script').comments.trim()).toBe('// c')
    expect(readSource("const x = `a` / 2 // 'c'", 'script').comments.trim()).toBe("// 'c'")
  })

  test('knows the comments of SQL, of shell scripts and of style sheets', () => {
    expect(readSource("select '-- no' -- yes", 'sql').comments.trim()).toBe('-- yes')
    expect(readSource('echo "# no" ${#x} # yes', 'shell').comments.trim()).toBe('# yes')
    expect(readSource('a { color: #123 } /* yes */', 'css').comments.trim()).toBe('/* yes */')
  })

  test('knows a language by the name of a file', () => {
    const names = [
      'a/b.ts',
      'a.test.tsx',
      'x.mjs',
      'sql/0001.sql',
      '.ci/run',
      'x.sh',
      'page.css',
      'README.md',
    ]
    expect(names.map(languageOf)).toEqual([
      'script',
      'script',
      'script',
      'sql',
      'shell',
      'shell',
      'css',
      undefined,
    ])
  })

  test('counts lines from one', () => {
    expect([0, 1, 2, 3].map((index) => lineAt('a\nb\nc', index))).toEqual([1, 1, 2, 2])
  })
})
