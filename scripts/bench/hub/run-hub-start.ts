import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../torture/doors/free-port.ts'
import type { Figure, Section } from '../figure.ts'
import { counted, runtimeName } from '../groups.ts'
import { spreadOf } from '../statistics.ts'
import type { Runtime } from '../variant.ts'
import type { ServerRoom } from './server-room.ts'

const STARTS = 5
const LOOK_EVERY_MS = 2
const LONGEST_MS = 120_000

export function startName(runtime: Runtime): string {
  return `Spawn to ready, ${runtimeName(runtime)}`
}

export async function runHubStart(
  servers: ServerRoom,
  runtimes: readonly Runtime[],
  sessions: number,
): Promise<readonly Section[]> {
  const { room } = servers
  const homes = new Map<Runtime, string>()
  for (const runtime of runtimes) homes.set(runtime, await servers.home(sessions))
  const seconds = new Map<Runtime, number[]>(runtimes.map((runtime) => [runtime, []]))
  for (let at = 1; at <= STARTS; at += 1) {
    room.tell(`start: ${at} of ${STARTS}`)
    for (const [runtime, home] of homes)
      seconds.get(runtime)?.push(await secondsToReady(servers, runtime, home))
  }
  for (const home of homes.values()) room.remove(home)
  return [
    {
      title: `Start of the hub with ${counted(sessions)} sessions`,
      about: `From the start of the process until GET /readyz answers 200, which takes a write of the store, ${STARTS} times; the file is in the cache of the operating system, and the hub before was killed.`,
      figures: [...seconds].map(([runtime, values]) => figureOf(runtime, values)),
    },
  ]
}

async function secondsToReady(servers: ServerRoom, runtime: Runtime, home: string): Promise<number> {
  const port = await freePort(Math.random)
  const spawned = performance.now()
  await using hub = servers.spawnHub(runtime, home, port)
  for (;;) {
    if (await isReady(port)) return (performance.now() - spawned) / 1000
    if (!hub.runs || performance.now() - spawned > LONGEST_MS)
      throw new Error(`A hub did not become ready: ${hub.output.slice(-1000)}`)
    await pause(LOOK_EVERY_MS)
  }
}

async function isReady(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`)
    await response.arrayBuffer()
    return response.status === 200
  } catch {
    // Nobody listens there yet.
    return false
  }
}

function figureOf(runtime: Runtime, values: readonly number[]): Figure {
  return {
    name: startName(runtime),
    block: 'start',
    unit: 's',
    value: spreadOf(values),
    cpuMicros: null,
    ratios: [],
    family: 'holdfast',
  }
}
