import { CHECK_IDS } from '@holdfast/shared/resume/verdict'
import { between, chance, pick } from '../random.ts'
import type { World } from './world.ts'

/** Somebody who resumes sessions, puts tokens back, clears and rebinds them, and archives. */
export class Person {
  readonly #world: World

  constructor(world: World) {
    this.#world = world
    this.#pause()
  }

  #pause(): void {
    const { agenda, random } = this.#world
    agenda.after(between(random, 1000, 12_000), 'a person thinks', () => {
      const session = this.#world.anySession()
      if (session !== null) this.#act(session)
      this.#pause()
    })
  }

  #act(session: string): void {
    const chosen = this.#world.random()
    if (chosen < 0.75) this.#resume(session)
    else if (chosen < 0.8) this.#archive(session)
    else this.#moveToken(session, chosen)
  }

  #resume(session: string): void {
    const { network, namespace, actor, random } = this.#world
    const acceptRisk = chance(random, 0.7) ? [...CHECK_IDS] : []
    network.send({
      name: `a person resumes ${session}`,
      ask: (hub) => hub.resumes.resume({ namespace, session, actor, acceptRisk, prompt: undefined }),
      got: (answer) => this.#world.resumed(answer),
    })
  }

  #archive(session: string): void {
    const { network, namespace, actor, store } = this.#world
    network.send({
      name: `a person archives ${session}`,
      ask: async () => {
        const patch = { lifecycleState: 'archived', archivedBy: 'person' }
        await store.patchSessionMetadata({ namespace, session, actor, patch })
      },
      got: () => undefined,
    })
  }

  #moveToken(session: string, chosen: number): void {
    const { network, ledger, random } = this.#world
    const had = ledger.said.filter((token) => token.session === session)
    if (had.length === 0) return
    const { flavor, token } = pick(random, had)
    network.send({
      name: `a person moves the token of ${session} (${token})`,
      ask: async () => {
        if (chosen < 0.85) await this.#clear(session, flavor)
        else if (chosen < 0.93) await this.#putBack(session, flavor, token)
        else await this.#rebind(session, flavor, token)
      },
      got: () => undefined,
    })
  }

  async #clear(session: string, flavor: string): Promise<void> {
    const { store, namespace, actor } = this.#world
    await store.clearResumeToken({ namespace, session, actor, flavor, reason: 'try' })
  }

  async #putBack(session: string, flavor: string, token: string): Promise<void> {
    const { store, namespace, actor } = this.#world
    await store.putBackToken({ namespace, session, actor, flavor, value: token })
  }

  async #rebind(session: string, flavor: string, token: string): Promise<void> {
    const { store, namespace, actor, random, machines, runtimes } = this.#world
    const place = { machineId: pick(random, machines), runtimeId: pick(random, runtimes) }
    const what = { namespace, session, actor, flavor, token, reason: 'moved' }
    await store.rebindToken({ ...what, ...place })
  }
}
