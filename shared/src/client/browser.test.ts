import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const NAMES = String.raw`(?:\* as \w+|\*|\w+|\{[^}]*\})`
/** What is left of these in a program; an import of nothing but types is not. */
const IMPORTS = new RegExp(
  String.raw`^(?:import|export) (?!type )(?:${NAMES}(?:, ${NAMES})? from )?'([^']+)'|\bimport\('([^']+)'\)`,
  'gm',
)

/** The packages, and the runtime's own modules, that a module and all that it imports ask for. */
function packagesBehind(entry: string): string[] {
  const packages = new Set<string>()
  const files = new Set([new URL(entry, import.meta.url).href])
  for (const file of files)
    for (const [, from, loaded] of readFileSync(new URL(file), 'utf8').matchAll(IMPORTS)) {
      const name = from ?? loaded ?? ''
      if (name.startsWith('.')) files.add(new URL(name, file).href)
      else packages.add(name)
    }
  return [...packages].toSorted()
}

test.each([
  ['./open-session-client.ts', ['socket.io-client', 'zod']],
  ['./http/api-client.ts', ['zod']],
  ['../resume/judge.ts', ['zod']],
  ['../resume/verdict-class.ts', ['zod']],
  ['../resume/open-cautions.ts', []],
])('[WI5] %s runs in a browser: it needs these packages, and nothing of Node', (entry, packages) => {
  expect(packagesBehind(entry)).toEqual(packages)
})

test('[WI5] a module of Node would be seen, also behind another module', () => {
  expect(packagesBehind('../protocol/fingerprint.test.ts')).toContain('node:crypto')
})
