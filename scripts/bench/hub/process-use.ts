import { readFileSync } from 'node:fs'

/** What a process has used since it began, all its threads together. */
export interface ProcessUse {
  readonly userMicros: number
  readonly systemMicros: number
}

/** Linux counts these times in hundredths of a second, whatever its own clock does. */
const TICK_MICROS = 10_000

/** The name of the program stands in brackets and may hold anything; what follows are numbers. */
const AFTER_NAME = /^.*\) /s
const USER = 11
const SYSTEM = 12

/** Null where the system does not tell it in this way. */
export function useOf(pid: number): ProcessUse | null {
  const text = readIfThere(`/proc/${pid}/stat`)
  if (text === null) return null
  const numbers = text.replace(AFTER_NAME, '').split(' ').map(Number)
  return {
    userMicros: (numbers[USER] ?? Number.NaN) * TICK_MICROS,
    systemMicros: (numbers[SYSTEM] ?? Number.NaN) * TICK_MICROS,
  }
}

const RESIDENT = /^VmRSS:\s+(\d+) kB$/m

export function allOf({ userMicros, systemMicros }: ProcessUse): number {
  return userMicros + systemMicros
}

/** The memory that a process holds, in KB; null where the system does not tell it in this way. */
export function residentKilobytes(pid: number): number | null {
  const found = RESIDENT.exec(readIfThere(`/proc/${pid}/status`) ?? '')
  return found === null ? null : Number(found[1])
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
