import { lineAt } from './source-text.ts'
import type { Problem } from './spec-rules.ts'

/** The oldest versions that may be installed: those below have known holes. */
const FLOORS: ReadonlyMap<string, string> = new Map([
  ['hono', '4.12.34'],
  ['@hono/node-server', '2.0.10'],
  ['ws', '8.21.0'],
  ['engine.io', '6.6.9'],
  ['socket.io-parser', '4.2.7'],
])

interface Lockfile {
  readonly packages: { readonly [path: string]: { readonly version?: string } }
}

export function findLockfileProblems(file: string, text: string): Problem[] {
  const addresses = [...text.matchAll(/"resolved":\s*"https?:/g)].map(({ index }) => ({
    file,
    line: lineAt(text, index),
    message: 'an address of a registry; npm finds packages by name and checks them by their hash',
  }))
  const { packages } = JSON.parse(text) as Lockfile
  const old = Object.entries(packages).flatMap(([path, { version }]) => {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    const floor = path.includes('node_modules/') ? FLOORS.get(name) : undefined
    if (floor === undefined || version === undefined || !isBelow(version, floor)) return []
    const line = lineAt(text, text.indexOf(`${JSON.stringify(path)}:`))
    return [{ file, line, message: `${name} is ${version}; at least ${floor} is needed` }]
  })
  return [...addresses, ...old]
}

/** By the order of versions; a pre-release of a version is below it. */
export function isBelow(version: string, floor: string): boolean {
  const [numbers = '', preRelease] = (version.split('+')[0] ?? '').split(/-(.*)/s)
  const parts = numbers.split('.').map(Number)
  for (const [index, least] of floor.split('.').map(Number).entries()) {
    const part = parts[index] ?? 0
    if (part !== least) return part < least
  }
  return preRelease !== undefined
}
