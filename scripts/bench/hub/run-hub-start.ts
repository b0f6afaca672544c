import { setTimeout as pause } from 'node:timers/promises'
import type { StartedProcess } from '../../peers/started-process.ts'
import { freePort } from '../../torture/doors/free-port.ts'
import type { Figure, Section, Unit } from '../figure.ts'
import { counted, runtimeName } from '../groups.ts'
import { spreadOf } from '../statistics.ts'
import type { Runtime } from '../variant.ts'
import { firstPages, PAGE, PAGES_IN_A_LOT } from './first-pages.ts'
import type { ServerRoom } from './server-room.ts'

const STARTS = 5
const LOOK_EVERY_MS = 2
const LONGEST_MS = 120_000

/** A runtime's hub over a home that holds many sessions, started again and again. */
interface Starts {
  readonly runtime: Runtime
  readonly home: string
  readonly seconds: number[]
  pagesMs: readonly number[]
}

export function startName(runtime: Runtime): string {
  return `Spawn to ready, ${runtimeName(runtime)}`
}

export function pageName(runtime: Runtime): string {
  return `First page of ${PAGE} sessions, ${runtimeName(runtime)}`
}

export async function runHubStart(
  servers: ServerRoom,
  runtimes: readonly Runtime[],
  sessions: number,
): Promise<readonly Section[]> {
  const { room } = servers
  const all: Starts[] = []
  for (const runtime of runtimes)
    all.push({ runtime, home: await servers.home(sessions), seconds: [], pagesMs: [] })
  for (let at = 1; at <= STARTS; at += 1) {
    room.tell(`start: ${at} of ${STARTS}`)
    for (const starts of all) await startOnce(servers, starts, at === STARTS)
  }
  for (const { home } of all) room.remove(home)
  const many = counted(sessions)
  return [
    {
      title: `Start of the hub with ${many} sessions`,
      about: `From the start of the process until GET /readyz answers 200, which takes a write of the store, ${STARTS} times; the file is in the cache of the operating system, and the hub before was killed.`,
      figures: all.map(({ runtime, seconds }) => figureOf(startName(runtime), 's', seconds)),
    },
    {
      title: `First page of ${many} sessions`,
      about: `GET /api/sessions?limit=${PAGE}, ${PAGES_IN_A_LOT} times one after the other once what follows a start is over: the median, of some such lots.`,
      figures: all.map(({ runtime, pagesMs }) => figureOf(pageName(runtime), 'ms', pagesMs)),
    },
  ]
}

/** A fresh process each time; it is ended hard, because it may still be looking through the file. */
async function startOnce(servers: ServerRoom, starts: Starts, withPages: boolean): Promise<void> {
  const port = await freePort(Math.random)
  const spawned = performance.now()
  await using process = servers.spawnHub(starts.runtime, starts.home, port)
  const url = `http://127.0.0.1:${port}`
  await untilReady(process, url)
  starts.seconds.push((performance.now() - spawned) / 1000)
  if (withPages) starts.pagesMs = await firstPages({ process, url, token: servers.token })
}

async function untilReady(hub: StartedProcess, url: string): Promise<void> {
  const latest = performance.now() + LONGEST_MS
  while (!(await isReady(url))) {
    if (!hub.runs || performance.now() > latest)
      throw new Error(`A hub did not become ready: ${hub.output.slice(-1000)}`)
    await pause(LOOK_EVERY_MS)
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/readyz`)
    await response.arrayBuffer()
    return response.status === 200
  } catch {
    // Nobody listens there yet.
    return false
  }
}

function figureOf(name: string, unit: Unit, values: readonly number[]): Figure {
  return {
    name,
    block: unit,
    unit,
    value: spreadOf(values),
    cpuMicros: null,
    ratios: [],
    family: 'holdfast',
  }
}
