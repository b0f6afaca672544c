import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { ROOT_TOKEN, runHub, type RunningHub } from '../../contract/running-hub.ts'
import type { SessionSettings } from '@holdfast/shared/protocol/session-settings'
import { TestClient } from '../../socket/contract/test-client.ts'
import { MACHINE, RUNTIME, ScriptedRunner, type RunnerScript } from './scripted-runner.ts'

/** Far more than anything here takes; only a failing test needs them. */
const TRIES = 1000

export interface Answered {
  readonly status: number
  readonly body: Record<string, unknown>
}

async function granted(answer: Promise<Answered>): Promise<Record<string, unknown>> {
  const { status, body } = await answer
  if (status !== 200) throw new Error(`The hub said ${status}: ${JSON.stringify(body)}`)
  return body
}

export interface Conversation {
  readonly session: string
  readonly token: string
}

/** What a hub is asked by the programs of one machine. */
export class ResumeCaller {
  readonly url: string

  constructor(url: string) {
    this.url = url
  }

  /** Over HTTP, with the root token. */
  async ask(method: string, path: string, body?: object, signal?: AbortSignal): Promise<Answered> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${ROOT_TOKEN}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }

  machine(id = MACHINE): Promise<unknown> {
    return granted(this.ask('POST', '/cli/machines', { id, metadata: {} }))
  }

  /** A session against which nothing speaks: its newest run ended well, and its transcript was seen. */
  async conversation(
    more: { readonly flavor?: string; readonly archived?: boolean } = {},
  ): Promise<Conversation> {
    const { flavor = 'claude', archived = true } = more
    const token = randomUUID()
    const claim = await granted(
      this.ask('POST', '/cli/claims', {
        key: randomUUID(),
        flavor,
        machineId: MACHINE,
        runtimeId: RUNTIME,
        directory: '/srv/app',
      }),
    )
    const { runId, sessionId } = claim as { runId: string; sessionId: string }
    const said = { token, state: 'confirmed', transcript: 'present' }
    await granted(this.ask('POST', `/cli/runs/${runId}/token`, said))
    await granted(this.ask('POST', `/cli/runs/${runId}/complete`, { outcome: 'success' }))
    if (archived)
      await granted(this.ask('POST', `/api/sessions/${sessionId}/archive`, { reason: 'put away' }))
    return { session: sessionId, token }
  }

  resume(session: string, body: object = {}, signal?: AbortSignal): Promise<Answered> {
    return this.ask('POST', `/api/sessions/${session}/resume`, body, signal)
  }

  /** What the wrapper says that a runner started: its agent has loaded this conversation. */
  confirm(run: string, token: string): Promise<Answered> {
    return this.ask('POST', `/cli/runs/${run}/token`, { token, state: 'confirmed', transcript: 'present' })
  }

  /** What a failed, timed out or cut resume leaves as it was. */
  async standing(session: string): Promise<Record<string, unknown>> {
    const { session: view } = await granted(this.ask('GET', `/api/sessions/${session}`))
    const { metadata, metadataVersion } = view as { metadata: object; metadataVersion: number }
    return { metadata, metadataVersion }
  }

  /** The session's resume token, as whoever may resume sees it. */
  async token(session: string, field = 'claudeSessionId'): Promise<unknown> {
    const { metadata } = await this.standing(session)
    return (metadata as Record<string, unknown>)[field]
  }

  /** Waits until the session's newest run is in this state. */
  async reaches(session: string, state: string): Promise<void> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      if ((await this.runs(session))[0] === state) return
      await setTimeout(20)
    }
    throw new Error(`Waited in vain until the newest run is ${state}.`)
  }

  /** The states of the session's runs, the newest first. */
  async runs(session: string): Promise<readonly string[]> {
    const { runs } = await granted(this.ask('GET', `/api/sessions/${session}/runs`))
    return (runs as { state: string }[]).map(({ state }) => state)
  }
}

export interface ResumeWorld extends AsyncDisposable {
  readonly hub: RunningHub
  readonly caller: ResumeCaller
  /** Moves the clock that leases are measured by, and lets the hub look at it. */
  readonly pass: (ms: number) => void
  /** What the session's client says that it is set to. */
  readonly settings: (session: string, settings: SessionSettings) => Promise<void>
  readonly runner: (script?: Partial<RunnerScript>, machineId?: string) => Promise<ScriptedRunner>
  readonly releasedRunner: (script?: Partial<RunnerScript>) => Promise<ScriptedRunner>
}

/** A whole hub in this process, of which only the clock of leases stands still, and a machine. */
export async function openResumeWorld(more: { readonly home?: string } = {}): Promise<ResumeWorld> {
  let elapsed = 0
  const hub = await runHub({ ...more, elapsed: () => elapsed })
  const caller = new ResumeCaller(hub.url)
  await caller.machine()
  const place = { url: hub.url, token: ROOT_TOKEN }
  const runners: ScriptedRunner[] = []
  const kept = async (connecting: Promise<ScriptedRunner>): Promise<ScriptedRunner> => {
    const runner = await connecting
    runners.push(runner)
    return runner
  }
  return {
    hub,
    caller,
    pass: (ms) => void (elapsed += ms),
    async settings(session, settings) {
      const auth = { token: ROOT_TOKEN, clientType: 'session-scoped', sessionId: session }
      using client = new TestClient(`${hub.url}/cli`, auth)
      await client.connected()
      client.tell('session-alive', { sid: session, time: Date.now(), thinking: false, ...settings })
      client.tell('session-end', { sid: session, time: Date.now(), reason: 'completed' })
      await client.settled()
    },
    runner: (script, machineId = MACHINE) => kept(ScriptedRunner.connect({ ...place, machineId }, script)),
    releasedRunner: (script) => kept(ScriptedRunner.connectReleased(place, script)),
    async [Symbol.asyncDispose]() {
      for (const runner of runners) runner[Symbol.dispose]()
      await hub[Symbol.asyncDispose]()
    },
  }
}
