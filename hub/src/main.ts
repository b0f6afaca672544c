import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import { configFromProcess } from './config/read-config.ts'
import { openSqliteStore } from './store/sqlite/sqlite-store.ts'

const EXIT_SETTINGS = 3
const EXIT_BUG = 70

/** Opens the store where the hub will keep it and says what is there. The hub has no door yet, so it ends here. */
async function main(): Promise<void> {
  process.umask(0o077)
  const config = configFromProcess()
  await using store = await openSqliteStore(config.database)
  const namespaces = await store.namespaces()
  const lines = [
    'Holdfast: the store is ready. The doors (HTTP and sockets) are not built yet, so nothing is listening.',
    `  database    ${config.database}`,
    `  driver      ${store.library}, every commit synced to the disk before it is acknowledged`,
    `  namespaces  ${namespaces.length === 0 ? 'none yet' : namespaces.join(', ')}`,
    `  epoch       ${store.epoch}`,
    ...store.notices.map((notice) => `  notice      ${notice}`),
    'Next: `npm test` proves the store, `npm run torture` tries to break it, `npm run bench -- store` measures it.',
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

function report(error: unknown): number {
  if (error instanceof HoldfastError && error.code !== 'internal') {
    process.stderr.write(`holdfast: ${error.message} (${error.code})\n`)
    return EXIT_SETTINGS
  }
  process.stderr.write('holdfast: a fault of the program itself stopped it; nothing was lost. (internal)\n')
  return EXIT_BUG
}

try {
  await main()
} catch (error) {
  process.exitCode = report(error)
}
