import { rmSync } from 'node:fs'
import { must } from '@holdfast/shared/errors/assert'
import { AGENTS_FOLDER, announce, orderFile, readIfThere, type AgentOrder } from './announcement.ts'

const LOOK_EVERY_MS = 50

/** What every stand-in can do: say that it is there, take orders, and end when it is told to. */
export class StandIn {
  readonly #folder = must(process.env[AGENTS_FOLDER], `${AGENTS_FOLDER} says where to leave word`)
  readonly #agent: string

  constructor(agent: string, args: readonly string[]) {
    this.#agent = agent
    announce(this.#folder, { agent, pid: process.pid, event: 'started', args, cwd: process.cwd() })
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
      process.on(signal, () => this.end(signal, 143))
  }

  converses(id: string): void {
    announce(this.#folder, { agent: this.#agent, pid: process.pid, event: 'conversation', id })
  }

  end(why: string, code: number): never {
    announce(this.#folder, { agent: this.#agent, pid: process.pid, event: 'ending', why })
    process.exit(code)
  }

  /** Runs until it is ended, one order after the other. */
  async obey(obey: (order: Exclude<AgentOrder, { order: 'exit' }>) => Promise<void>): Promise<never> {
    const file = orderFile(this.#folder, process.pid)
    for (;;) {
      const text = readIfThere(file)
      if (text !== '') {
        const order = JSON.parse(text) as AgentOrder
        if (order.order === 'exit') this.end('told to', order.code)
        await obey(order)
        rmSync(file)
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    }
  }
}
