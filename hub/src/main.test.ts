import { readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { io as connectTo } from 'socket.io-client'
import { describe, expect, test } from 'vitest'
import { newHome, removeHome, startHubProcess, type HubProcess } from './contract/hub-process.ts'

const TOKEN = 'a-token-for-the-tests-of-main'

interface Started extends AsyncDisposable {
  readonly home: string
  readonly hub: HubProcess
  readonly url: string
}

async function start(more: { readonly [name: string]: string } = {}): Promise<Started> {
  const home = newHome()
  const hub = startHubProcess({ HOLDFAST_HOME: home, HOLDFAST_PORT: '0', ...more })
  return {
    home,
    hub,
    url: await hub.address(),
    async [Symbol.asyncDispose]() {
      await hub[Symbol.asyncDispose]()
      removeHome(home)
    },
  }
}

function call(url: string, path: string, token: string, body?: object): Promise<Response> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
  return fetch(
    `${url}${path}`,
    body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) },
  )
}

function createSession(url: string, token: string, tag = 'a'): Promise<Response> {
  return call(url, '/cli/sessions', token, {
    tag,
    metadata: { path: '/p', host: 'h', claudeSessionId: 'the-token' },
  })
}

/** The mode of a file or folder, its lowest nine bits. */
function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8)
}

describe('the hub as a process', () => {
  test('[SE1] [OP1] a first start makes the token, says where it lies, where the hub is and what to type next', async () => {
    await using started = await start()
    const { home, hub, url } = started
    const file = join(home, 'token')
    const token = readFileSync(file, 'utf8').trim()
    expect(token.length).toBeGreaterThanOrEqual(40)
    for (const part of [file, url, 'made just now', 'curl']) expect(hub.out()).toContain(part)
    expect((await createSession(url, token)).status).toBe(200)
  })

  test('[SE1] a second start uses the same token', async () => {
    const home = newHome()
    const tokens: string[] = []
    for (let at = 0; at < 2; at += 1) {
      await using hub = startHubProcess({ HOLDFAST_HOME: home, HOLDFAST_PORT: '0' })
      await hub.address()
      tokens.push(readFileSync(join(home, 'token'), 'utf8'))
      expect(hub.out().includes('made just now')).toBe(at === 0)
    }
    removeHome(home)
    expect(tokens[1]).toBe(tokens[0])
  })

  test('[SE4] files are 0600 and the folder is 0700, whatever the umask of who starts it', async () => {
    await using started = await start()
    const { home, url } = started
    await createSession(url, readFileSync(join(home, 'token'), 'utf8').trim())
    expect(modeOf(home)).toBe('700')
    for (const name of ['token', 'holdfast.db', 'holdfast.db-wal', 'holdfast.db-shm'])
      expect(`${name} ${modeOf(join(home, name))}`).toBe(`${name} 600`)
  })

  test('[SE4] no token and no resume token is in what it prints, at the loudest, or in its title', async () => {
    await using started = await start({ HOLDFAST_TOKEN: TOKEN, HOLDFAST_LOG_LEVEL: 'debug' })
    const { hub, url } = started
    await createSession(url, TOKEN)
    await call(url, `/cli/sessions/none?token=${TOKEN}`, TOKEN)
    await call(url, '/cli/sessions/none', `${TOKEN}-wrong`)
    const title = readFileSync(`/proc/${hub.pid}/cmdline`, 'utf8')
    hub.signal('SIGTERM')
    await hub.ended
    for (const secret of [TOKEN, 'the-token']) expect(`${hub.out()}${hub.errors()}`).not.toContain(secret)
    expect(title).not.toContain(TOKEN)
  })

  test('[OP1] every mistake in the settings is one line that names it, and nothing is started', async () => {
    const home = newHome()
    await using hub = startHubProcess({
      HOLDFAST_HOME: home,
      HOLDFAST_PORT: '80x',
      HOLDFAST_LEASE_MS: 'soon',
      HOLDFAST_TOKEN: 'short',
    })
    expect(await hub.ended).toBe(3)
    const lines = hub.errors().trim().split('\n')
    expect(lines.map((line) => /HOLDFAST_[A-Z_]+/.exec(line)?.[0]).toSorted()).toEqual([
      'HOLDFAST_LEASE_MS',
      'HOLDFAST_PORT',
      'HOLDFAST_TOKEN',
    ])
    expect(hub.errors()).not.toContain('short')
    removeHome(home)
  })

  test('[OP1] a port that is in use is a sentence, without a stack', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const port = (other.address() as { port: number }).port
    const home = newHome()
    await using hub = startHubProcess({ HOLDFAST_HOME: home, HOLDFAST_PORT: String(port) })
    expect(await hub.ended).toBe(3)
    expect(hub.errors()).toMatch(/^holdfast: .*HOLDFAST_PORT.*\n$/)
    other.close()
    removeHome(home)
  })

  test('[OP2] it says that it is up and that it can write, to anybody', async () => {
    await using started = await start()
    expect((await fetch(`${started.url}/healthz`)).status).toBe(200)
    expect((await fetch(`${started.url}/readyz`)).status).toBe(200)
  })

  test.each(['SIGTERM', 'SIGHUP'] as const)(
    '[OP4] a second %s, which whoever stands in between hands on, does not cut the end short',
    async (name) => {
      await using started = await start()
      const { hub } = started
      for (let count = 0; count < 5; count += 1) hub.signal(name)
      expect(await hub.ended).toBe(0)
    },
  )

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    '[OP4] %s ends it with 0, and what was written is there',
    async (name) => {
      const home = newHome()
      {
        await using hub = startHubProcess({ HOLDFAST_HOME: home, HOLDFAST_PORT: '0', HOLDFAST_TOKEN: TOKEN })
        await createSession(await hub.address(), TOKEN)
        hub.signal(name)
        expect(await hub.ended).toBe(0)
      }
      await using again = startHubProcess({ HOLDFAST_HOME: home, HOLDFAST_PORT: '0', HOLDFAST_TOKEN: TOKEN })
      const answer = await createSession(await again.address(), TOKEN)
      expect(await answer.json()).toMatchObject({ session: { metadata: { claudeSessionId: 'the-token' } } })
      removeHome(home)
    },
  )

  test('[OP4] sockets that are connected do not keep it from ending, and may come back', async () => {
    await using started = await start({ HOLDFAST_TOKEN: TOKEN })
    const auth = { token: TOKEN, clientType: 'session-scoped' }
    const socket = connectTo(`${started.url}/cli`, { transports: ['websocket'], reconnection: false, auth })
    await new Promise((resolve) => socket.once('connect', () => resolve(null)))
    const reason = new Promise<string>((resolve) => socket.once('disconnect', resolve))
    started.hub.signal('SIGTERM')
    expect(await started.hub.ended).toBe(0)
    expect(await reason).not.toBe('io server disconnect')
  })

  test('[OP3] a database that is removed under it ends it with a sentence and not with 0', async () => {
    await using started = await start({ HOLDFAST_TOKEN: TOKEN })
    removeHome(started.home)
    expect(await started.hub.ended).toBe(74)
    expect(started.hub.errors()).toMatch(/holdfast: .*was removed or replaced.*\(database_replaced\)/)
  })
})
