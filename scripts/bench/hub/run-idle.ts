import type { BenchChild } from '../child-process.ts'
import type { Figure, Section } from '../figure.ts'
import { counted, runtimeName } from '../groups.ts'
import { spreadOf } from '../statistics.ts'
import type { Runtime } from '../variant.ts'
import type { IdleJob, Opened, Stayed } from './idle-child.ts'
import type { Server, ServerRoom } from './server-room.ts'
import { settledMemory } from './settled-memory.ts'
import { untilQuiet } from './until-quiet.ts'

export interface IdlePlan {
  readonly sockets: number
  /** Fresh hubs that are measured, one after the other. */
  readonly hubs: number
  readonly steadyMs: number
}

/** So many sockets for one process of clients. */
const A_CHILD = 2500

/** Opened and closed before the measurement, so that what a first connection loads is not counted. */
const FIRST = 256

export function idleName(sockets: number, runtime: Runtime): string {
  return `${counted(sockets)} idle sockets, ${runtimeName(runtime)}`
}

export async function runIdle(
  servers: ServerRoom,
  runtimes: readonly Runtime[],
  plan: IdlePlan,
): Promise<readonly Section[]> {
  await servers.room.filled(plan.sockets)
  const figures: Figure[] = []
  for (const runtime of runtimes) {
    const values: number[] = []
    for (let at = 1; at <= plan.hubs; at += 1) {
      servers.room.tell(`idle: ${runtimeName(runtime)}, hub ${at} of ${plan.hubs}`)
      const value = await kilobytesASocket(servers, runtime, plan)
      if (value !== null) values.push(value)
    }
    if (values.length > 0) figures.push(figureOf(runtime, plan, values))
  }
  if (figures.length === 0) return []
  const about = `What a hub's resident memory grows by with ${counted(plan.sockets)} sockets that only stay, each for a session of its own, reckoned to one of them. Before and after, the process is left alone until its memory stays the same; ${plan.hubs} fresh hub${plan.hubs === 1 ? '' : 's'}.`
  return [{ title: `Memory of ${counted(plan.sockets)} idle sockets`, about, figures }]
}

function figureOf(runtime: Runtime, { sockets }: IdlePlan, values: readonly number[]): Figure {
  return {
    name: idleName(sockets, runtime),
    block: 'idle',
    unit: 'KB',
    value: spreadOf(values),
    cpuMicros: null,
    ratios: [],
    family: 'holdfast',
  }
}

async function kilobytesASocket(
  servers: ServerRoom,
  runtime: Runtime,
  { sockets, steadyMs }: IdlePlan,
): Promise<number | null> {
  const server = await servers.hub(runtime, await servers.home(sockets))
  const { pid } = server.process
  const children: BenchChild[] = []
  try {
    await untilQuiet(pid)
    await (await open(servers, server, { from: 0, count: Math.min(FIRST, sockets) })).end()
    const before = await settledMemory(pid, steadyMs)
    for (let from = 0; from < sockets; from += A_CHILD)
      children.push(await open(servers, server, { from, count: Math.min(A_CHILD, sockets - from) }))
    const after = await settledMemory(pid, steadyMs)
    await proveStayed(children, sockets)
    return before === null || after === null ? null : (after - before) / sockets
  } finally {
    for (const child of children) await child.kill()
    await server.process[Symbol.asyncDispose]()
  }
}

async function open(
  { room }: ServerRoom,
  { url, token }: Server,
  which: Pick<IdleJob, 'from' | 'count'>,
): Promise<BenchChild> {
  const job: IdleJob = { url, token, ...which }
  const child = room.child('hub/idle-child.js', job)
  await child.hear<Opened>()
  return child
}

async function proveStayed(children: readonly BenchChild[], sockets: number): Promise<void> {
  let stayed = 0
  for (const child of children) stayed += (await child.ask<Stayed>('count')).stayed
  if (stayed < sockets) throw new Error(`Of ${sockets} idle sockets only ${stayed} stayed.`)
}
