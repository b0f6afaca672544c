import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { RootToken } from '../root-token.ts'

/** The module as a process of its own can load it: the source on Bun, what it was compiled to on Node. */
function moduleUrl(): string {
  const path = process.versions['bun'] === undefined ? '../../../dist/auth/root-token.js' : '../root-token.ts'
  const url = new URL(path, import.meta.url)
  if (!existsSync(url)) throw new Error(`${fileURLToPath(url)} is missing; \`npm test\` builds it`)
  return url.href
}

const SCRIPT = `
  import { once } from 'node:events'
  const { rootToken } = await import(process.argv[2])
  console.log('ready')
  process.stdin.resume()
  await once(process.stdin, 'end')
  console.log(JSON.stringify(rootToken(process.argv[3], null)))`

/**
 * What as many processes get that ask for the root token of a home at the same moment: each has loaded everything
 * before the first is told to ask. The folder takes the script; it is the test's own.
 */
export async function askAtOnce(count: number, { folder, home }: Places): Promise<RootToken[]> {
  const script = join(folder, 'ask.mjs')
  writeFileSync(script, SCRIPT)
  const children = Array.from({ length: count }, () =>
    spawn(process.execPath, [script, moduleUrl(), home], { stdio: ['pipe', 'pipe', 'inherit'] }),
  )
  try {
    const outputs = children.map((child) => createInterface({ input: child.stdout })[Symbol.asyncIterator]())
    await Promise.all(outputs.map((output) => nextLine(output)))
    for (const child of children) child.stdin.end()
    const lines = await Promise.all(outputs.map((output) => nextLine(output)))
    return lines.map((line) => JSON.parse(line) as RootToken)
  } finally {
    await Promise.all(children.map((child) => ended(child)))
  }
}

interface Places {
  readonly folder: string
  readonly home: string
}

async function nextLine(output: AsyncIterator<string>): Promise<string> {
  const next = await output.next()
  if (next.done === true) throw new Error('the process ended before it said anything')
  return next.value
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}
