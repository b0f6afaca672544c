import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'

/** Bun runs the sources, Node what was built from them. */
const MAIN = fileURLToPath(
  new URL(
    process.versions['bun'] === undefined ? '../../../hub/dist/main.js' : '../../../hub/src/main.ts',
    import.meta.url,
  ),
)

/** Runs the hub's program in this terminal, and gives its exit code. */
export function runHubProgram(words: readonly string[]): Promise<number> {
  if (!existsSync(MAIN)) {
    const message = `The hub's program is not at ${MAIN}. Type: npm run setup, in the folder of Holdfast.`
    return Promise.reject(new HoldfastError('settings_invalid', message))
  }
  const child = spawn(process.execPath, [MAIN, ...words], { stdio: 'inherit' })
  // Ctrl-C reaches the hub by itself, and is its own matter; what is sent to this process alone is handed on.
  const handOn = (signal: NodeJS.Signals): void => void child.kill(signal)
  process.on('SIGINT', () => undefined)
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, handOn)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) =>
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    )
  })
}
