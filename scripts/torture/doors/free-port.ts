import { once } from 'node:events'
import { createServer } from 'node:net'
import { between, type Random } from '../random.ts'

/**
 * A port that nothing uses, from below those that the system gives to outgoing connections: while a hub is down, one of
 * these may take its port, and a client that keeps trying to connect may even be connected to itself.
 */
export async function freePort(random: Random): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const port = between(random, 20_000, 29_999)
    if (await isFree(port)) return port
  }
  throw new Error('There is no free port between 20000 and 29999.')
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    const listening = once(server, 'listening')
    server.listen(port, '127.0.0.1')
    await listening
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false
    throw error
  }
  server.close()
  await once(server, 'close')
  return true
}
