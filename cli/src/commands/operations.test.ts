import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { holdfast, HoldfastProcess, type Ended, type Environment } from '../contract/holdfast-process.ts'

/** A hub that `holdfast hub` runs, and commands beside it. */
class Machine implements AsyncDisposable {
  readonly home = mkdtempSync(join(tmpdir(), 'holdfast-cli-'))
  #hub: HoldfastProcess | null = null
  #url = ''

  file(name: string): string {
    return join(this.home, name)
  }

  async start(): Promise<void> {
    this.#hub = new HoldfastProcess(['hub'], { HOLDFAST_HOME: this.home, HOLDFAST_PORT: '0' })
    this.#url = await this.#hub.prints(/address\s+(http:\/\/\S+)/)
  }

  /** As Ctrl-C in a terminal or a service manager ends it. */
  async stop(): Promise<Ended | null> {
    this.#hub?.signal('SIGTERM')
    const ended = await this.#hub?.ended
    this.#hub = null
    return ended ?? null
  }

  run(words: readonly string[], more: Environment = {}): Promise<Ended> {
    return holdfast(words, { HOLDFAST_HOME: this.home, HOLDFAST_URL: this.#url, ...more })
  }

  async json(words: readonly string[]): Promise<Record<string, unknown>> {
    const { code, out, errors } = await this.run([...words, '--json'])
    if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}: ${errors}`)
    return JSON.parse(out) as Record<string, unknown>
  }

  async title(session: string, title?: string): Promise<unknown> {
    const headers = { Authorization: `Bearer ${readFileSync(this.file('token'), 'utf8').trim()}` }
    const body = { tag: session, metadata: { path: '/p', host: 'h', title } }
    const asked = await fetch(`${this.#url}/cli/sessions`, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    const { session: found } = (await asked.json()) as { session: { metadata: { title?: string } } }
    return found.metadata.title
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    rmSync(this.home, { recursive: true, force: true })
  }
}

async function running(): Promise<Machine> {
  const machine = new Machine()
  await machine.start()
  return machine
}

/** One line that says what is wrong, and the code that a script looks at. */
function refusal({ code, out, errors }: Ended): [number | null, string] {
  expect(out).toBe('')
  expect(errors.split('\n')).toHaveLength(2)
  return [code, /^holdfast: .+ \((\w+)\)\n$/.exec(errors)?.[1] ?? errors]
}

describe('backup and restore', () => {
  test('[OP6] [CL4] a backup of a running hub, and its restore into one that was stopped', async () => {
    await using machine = await running()
    await machine.title('one', 'before')
    const target = machine.file('backup.db')
    const made = await machine.json(['backup', target])
    expect(made).toMatchObject({ file: target, bytes: statSync(target).size })
    expect((statSync(target).mode & 0o777).toString(8)).toBe('600')
    await machine.title('two', 'after')
    expect((await machine.stop())?.code).toBe(0)

    const restored = await machine.json(['restore', target])
    expect(restored).toMatchObject({ sessions: 1, revoked: [] })
    expect(restored['epoch']).not.toBe(made['epoch'])
    expect(existsSync(String(restored['replaced']))).toBe(true)
    await machine.start()
    expect(await machine.title('one')).toBe('before')
    expect(await machine.title('two', 'was not in it')).toBe('was not in it')
  })

  test('[OP6] [SE1] a device that was revoked since the backup stays revoked after a restore', async () => {
    await using machine = await running()
    const { device } = (await machine.json(['device', 'add', 'lost laptop'])) as { device: { id: string } }
    await machine.json(['backup', machine.file('backup.db')])
    await machine.json(['device', 'revoke', device.id])
    await machine.stop()
    const { code, out } = await machine.run(['restore', machine.file('backup.db')])
    expect(code).toBe(0)
    for (const part of [
      '1,000,000',
      'new: clients',
      'set aside as',
      `lost laptop (${device.id}, namespace default) stays revoked`,
    ])
      expect(out).toContain(part)
  })

  test('[OP6] a restore is refused while the hub runs, and the hub goes on', async () => {
    await using machine = await running()
    await machine.title('one', 'here')
    await machine.json(['backup', machine.file('backup.db')])
    expect(refusal(await machine.run(['restore', machine.file('backup.db')]))).toEqual([3, 'database_locked'])
    expect(await machine.title('one')).toBe('here')
  })

  test('[OP6] what is no backup is refused, and the database stays as it is', async () => {
    await using machine = await running()
    await machine.title('one', 'here')
    await machine.stop()
    writeFileSync(machine.file('junk.db'), 'x'.repeat(8192))
    const before = readFileSync(machine.file('holdfast.db'))
    expect(refusal(await machine.run(['restore', machine.file('junk.db')]))).toEqual([3, 'database_foreign'])
    expect(refusal(await machine.run(['restore', machine.file('none.db')]))).toEqual([3, 'database_unusable'])
    expect(readFileSync(machine.file('holdfast.db')).equals(before)).toBe(true)
  })

  test('[OP6] [CL12] a file that is there is never overwritten', async () => {
    await using machine = await running()
    writeFileSync(machine.file('precious'), 'precious')
    expect(refusal(await machine.run(['backup', machine.file('precious')]))).toEqual([6, 'file_exists'])
    expect(readFileSync(machine.file('precious'), 'utf8')).toBe('precious')
    expect(refusal(await machine.run(['backup', machine.file('holdfast.db')]))).toEqual([
      3,
      'database_unusable',
    ])
  })

  test('[OP6] [SE1] a device may not make one, whatever its role', async () => {
    await using machine = await running()
    const { token } = (await machine.json(['device', 'add', 'desk', '--role', 'admin'])) as { token: string }
    const asked = await machine.run(['backup', machine.file('backup.db')], { HOLDFAST_TOKEN: token })
    expect(refusal(asked)).toEqual([5, 'access_denied'])
    expect(existsSync(machine.file('backup.db'))).toBe(false)
  })
})

describe('devices', () => {
  test('[SE1] [CL4] are added, listed and revoked, and a token is shown once', async () => {
    await using machine = await running()
    const added = await machine.run(['device', 'add', 'laptop', '--role', 'viewer'])
    const [, token = ''] = /^ {2}(holdfastd_\S+)$/m.exec(added.out) ?? []
    expect(token).not.toBe('')
    const listed = await machine.run(['device', 'list'])
    expect(listed.out).toMatch(/^id +name +role +added +last used +revoked\n\S+ +laptop +viewer +\d{4}-/)
    expect(listed.out).not.toContain(token)
    const [{ id }] = (await machine.json(['device', 'list'])) as unknown as [{ id: string }]
    expect((await machine.run(['device', 'revoke', id])).out).toContain(`Revoked laptop (${id})`)
    const refused = await machine.run(['device', 'list'], { HOLDFAST_TOKEN: token })
    expect(refusal(refused)).toEqual([5, 'unauthorized'])
    expect(refused.errors).not.toContain(token)
  })

  test('[CL12] one that is not there, and a hub that is not there, are told apart', async () => {
    await using machine = await running()
    expect(refusal(await machine.run(['device', 'revoke', 'nobody']))).toEqual([2, 'device_not_found'])
    const nowhere = { HOLDFAST_URL: 'http://127.0.0.1:1' }
    expect(refusal(await machine.run(['device', 'list'], nowhere))).toEqual([4, 'hub_unreachable'])
    expect(refusal(await machine.run(['device', 'list'], { HOLDFAST_URL: 'hub' }))).toEqual([
      3,
      'settings_invalid',
    ])
  })

  test('[CL12] without a token it is said where one was looked for', async () => {
    await using machine = new Machine()
    const asked = await machine.run(['device', 'list'])
    expect(refusal(asked)).toEqual([3, 'settings_invalid'])
    expect(asked.errors).toContain(machine.file('token'))
    const odd = await machine.run(['device', 'list'], { HOLDFAST_TOKEN: 'two words' })
    expect(refusal(odd)).toEqual([3, 'settings_invalid'])
    expect(odd.errors).not.toContain('two words')
  })
})

describe('help', () => {
  test.each(['agents', 'hub', 'backup', 'restore', 'device'])(
    '[CL4] %s has help with an example',
    async (topic) => {
      const { code, out, errors } = await holdfast([topic, '--help'], {})
      expect([code, errors]).toEqual([0, ''])
      expect(out).toContain(`holdfast ${topic}`)
      expect(out).toContain('\nExample: ')
    },
  )

  test('[CL12] a mistake in what was typed is exit code 2, and says where to look', async () => {
    const typed = await holdfast(['device', 'steal'], {})
    expect(refusal(typed)).toEqual([2, 'usage'])
    expect(typed.errors).toContain('holdfast --help')
  })
})
