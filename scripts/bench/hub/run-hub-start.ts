import { setTimeout as pause } from 'node:timers/promises'
import type { StartedProcess } from '../../peers/started-process.ts'
import { freePort } from '../../torture/doors/free-port.ts'
import type { Section } from '../figure.ts'
import type { Runtime } from '../variant.ts'
import { timedReads, type ReadTimes } from './hub-reads.ts'
import { runCensus } from './run-census.ts'
import type { ServerRoom } from './server-room.ts'
import { STARTS, startSections, type Measured } from './start-sections.ts'
import { untilQuiet } from './until-quiet.ts'

const LOOK_EVERY_MS = 2
const LONGEST_MS = 120_000

/** A runtime's hub over a home that holds many sessions, started again and again. */
interface Starts {
  readonly runtime: Runtime
  readonly home: string
  readonly seconds: number[]
  reads: ReadTimes | null
}

export async function runHubStart(
  servers: ServerRoom,
  runtimes: readonly Runtime[],
  sessions: number,
): Promise<readonly Section[]> {
  const { room } = servers
  const all: Starts[] = []
  for (const runtime of runtimes)
    all.push({ runtime, home: await servers.home(sessions), seconds: [], reads: null })
  for (let at = 1; at <= STARTS; at += 1) {
    room.tell(`start: ${at} of ${STARTS}`)
    for (const starts of all) await startOnce(servers, starts, at === STARTS ? sessions : null)
  }
  const measured: Measured[] = []
  for (const { runtime, home, seconds, reads } of all) {
    if (reads === null) throw new Error('A hub was not read from.')
    measured.push({ runtime, seconds, reads, census: await runCensus(room, runtime, home) })
    room.remove(home)
  }
  return startSections(measured, sessions)
}

/**
 * A fresh process each time; it is ended hard, because it may still be looking through the file. Where its sessions are
 * said, it is read from before that.
 */
async function startOnce(servers: ServerRoom, starts: Starts, sessions: number | null): Promise<void> {
  const port = await freePort(Math.random)
  const spawned = performance.now()
  await using process = servers.spawnHub(starts.runtime, starts.home, port)
  const url = `http://127.0.0.1:${port}`
  await untilReady(process, url)
  starts.seconds.push((performance.now() - spawned) / 1000)
  if (sessions === null) return
  await untilQuiet(process.pid)
  starts.reads = await timedReads({ url, token: servers.token }, sessions)
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
