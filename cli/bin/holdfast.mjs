#!/usr/bin/env node
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const main = new URL('../dist/main.js', import.meta.url)
if (existsSync(fileURLToPath(main))) {
  await import(main.href)
} else {
  const folder = fileURLToPath(new URL('../..', import.meta.url))
  process.stderr.write(`holdfast: it is not built yet. Run this first: cd ${folder} && npm run setup\n`)
  process.exitCode = 70
}
