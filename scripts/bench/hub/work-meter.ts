import { cpus } from 'node:os'
import { useOf, type ProcessUse } from './process-use.ts'

/** Who worked how much between two looks. */
export interface Work {
  /** Null where the system does not tell it. */
  readonly server: ProcessUse | null
  /** This process, which holds the clients. */
  readonly load: ProcessUse
  /** All programs of the machine. */
  readonly machineMicros: number
}

/** Looks at the processor time of a server, of the clients in this process, and of the whole machine. */
export class WorkMeter {
  readonly #pid: number
  readonly #server: ProcessUse | null
  readonly #load = process.cpuUsage()
  readonly #machineMicros = machineMicros()

  constructor(pid: number) {
    this.#pid = pid
    this.#server = useOf(pid)
  }

  sinceThen(): Work {
    const { user, system } = process.cpuUsage(this.#load)
    return {
      server: difference(this.#server, useOf(this.#pid)),
      load: { userMicros: user, systemMicros: system },
      machineMicros: machineMicros() - this.#machineMicros,
    }
  }
}

function difference(before: ProcessUse | null, after: ProcessUse | null): ProcessUse | null {
  if (before === null || after === null) return null
  return {
    userMicros: after.userMicros - before.userMicros,
    systemMicros: after.systemMicros - before.systemMicros,
  }
}

function machineMicros(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0) * 1000
}
