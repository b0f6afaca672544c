// After `npm install` on a registry that carries only some platforms' binaries: adds the other platforms' entries to
// package-lock.json, so that `npm ci` takes the lockfile on every platform. Changes nothing where none is missing.
import { readFileSync, writeFileSync } from 'node:fs'

const file = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(file, 'utf8'))

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32']
const CPUS = ['x64', 'arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x']
const LIBCS = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' }

/** What a platform package's name says: `@scope/binding-linux-arm64-musl`. */
function platformOf(name) {
  const words = name.slice(name.indexOf('/') + 1).split('-')
  const os = SYSTEMS.find((system) => words.includes(system))
  const cpu = CPUS.find((candidate) => words.includes(candidate))
  const libc = Object.keys(LIBCS).find((candidate) => words.includes(candidate))
  return os === undefined || cpu === undefined
    ? null
    : { os: [os], cpu: [cpu], ...(libc && os === 'linux' ? { libc: [LIBCS[libc]] } : {}) }
}

let added = 0
for (const entry of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`
    const platform = platformOf(name)
    if (lock.packages[key] !== undefined || platform === null) continue
    lock.packages[key] = { version, ...platform, dev: true, optional: true }
    added += 1
  }
}
if (added > 0) {
  const sorted = Object.keys(lock.packages).toSorted((a, b) => (a < b ? -1 : 1))
  lock.packages = Object.fromEntries(sorted.map((key) => [key, lock.packages[key]]))
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
}
process.stdout.write(`${added} platform entries added to package-lock.json\n`)
