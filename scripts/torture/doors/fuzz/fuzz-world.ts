import { EVENTS, type EventShape } from '@holdfast/shared/protocol/events'
import { releasedAgentState } from '@holdfast/shared/protocol/released/agent-state'
import { releasedMachineMetadata } from '@holdfast/shared/protocol/released/machine-metadata'
import { releasedRunnerState } from '@holdfast/shared/protocol/released/runner-state'
import { releasedSessionMetadata } from '@holdfast/shared/protocol/released/session-metadata'
import type { Json } from '@holdfast/shared/metadata/json'
import type { z } from 'zod'
import { below, chance, pick, type Random } from '../../random.ts'
import { schemaSample, type Sampling } from './schema-sample.ts'
import { weirdText } from './weird-text.ts'

/** What is there to be meant by an input, so that not everything is refused at the first look. */
export interface FuzzTarget {
  readonly sessions: readonly string[]
  readonly machine: string
  readonly token: string
}

const VERSIONS = 6

export type FuzzNamespace = keyof typeof EVENTS

/** What clients may send in a namespace. */
export function upEventsOf(namespace: FuzzNamespace): [name: string, shape: EventShape][] {
  return Object.entries(EVENTS[namespace].up)
}

/** Makes what is inside of inputs: payloads and bodies, most of them right but for a mistake or two. */
export class FuzzWorld {
  readonly target: FuzzTarget
  readonly random: Random
  readonly #versions = [1]
  #acks = 1000

  constructor(target: FuzzTarget, random: Random) {
    this.target = target
    this.random = random
  }

  /** Never given out twice, so that an answer is known by it. */
  newAck(): number {
    this.#acks += 1
    return this.#acks
  }

  /** Versions that an answer told, so that a write may be made against one that is there. */
  sawVersion(version: number): void {
    this.#versions.push(version)
    if (this.#versions.length > VERSIONS) this.#versions.shift()
  }

  session(): string {
    return pick(this.random, this.target.sessions)
  }

  /** A value of this schema, before anything weird is put into it. */
  sampleOf(schema: z.ZodType): Json {
    return schemaSample(schema, this.#sampling('session'))
  }

  /** The text of a value of this schema. */
  textOf(schema: z.ZodType, shape: 'session' | 'machine' = 'session'): string {
    return weirdText(this.random, schemaSample(schema, this.#sampling(shape)))
  }

  payloadOf([event, { payload }]: readonly [name: string, shape: EventShape]): string {
    return this.textOf(payload, event.startsWith('machine') ? 'machine' : 'session')
  }

  #sampling(shape: 'session' | 'machine'): Sampling {
    const { random, target } = this
    const wrong = pick(random, [0, 0, 0.02, 0.05, 0.2])
    const inner: Sampling = { random, wrong, named: {} }
    const metadata = shape === 'machine' ? releasedMachineMetadata : releasedSessionMetadata
    return {
      random,
      wrong,
      named: {
        sid: () => this.session(),
        expectedVersion: () => pick(random, this.#versions),
        machineId: () => target.machine,
        id: () => (shape === 'machine' ? target.machine : this.session()),
        metadata: () => schemaSample(metadata, inner),
        patch: () => schemaSample(metadata, inner),
        agentState: () => schemaSample(releasedAgentState, inner),
        runnerState: () => schemaSample(releasedRunnerState, inner),
        flavor: () => pick(random, ['claude', 'codex', 'cursor', 'dsh', 'nobody']),
        tag: () => `fuzz-${below(random, 40)}`,
        method: () =>
          `${chance(random, 0.5) ? this.session() : target.machine}:${pick(random, ['killSession', 'x'])}`,
      },
    }
  }
}
