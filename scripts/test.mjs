// `npm test` and `bun run test`: makes the clone ready, then runs every test on the runtime that called it.
import './setup.mjs'
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const given = process.argv.slice(2)
const runner = process.versions.bun
  ? [process.execPath, ['test', '--timeout', '120000', ...given]]
  : [process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...given]]
const done = spawnSync(runner[0], runner[1], { cwd: root, stdio: 'inherit' })
process.exit(done.status ?? 1)
