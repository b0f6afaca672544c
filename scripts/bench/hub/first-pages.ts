import { median } from '../statistics.ts'
import type { Server } from './server-room.ts'
import { untilQuiet } from './until-quiet.ts'

export const PAGE = 50
const LOTS = 5
export const PAGES_IN_A_LOT = 100

/** How long the first page of sessions takes, in milliseconds: the medians of some lots of requests. */
export async function firstPages({ process, url, token }: Server): Promise<readonly number[]> {
  await untilQuiet(process.pid)
  const medians: number[] = []
  for (let lot = 0; lot < LOTS; lot += 1) {
    const times: number[] = []
    for (let at = 0; at < PAGES_IN_A_LOT; at += 1) times.push(await timedPage(url, token))
    medians.push(median(times))
  }
  return medians
}

async function timedPage(url: string, token: string): Promise<number> {
  const asked = performance.now()
  const response = await fetch(`${url}/api/sessions?limit=${PAGE}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  const page = (await response.json()) as { readonly sessions?: readonly unknown[] }
  const milliseconds = performance.now() - asked
  if (page.sessions?.length !== PAGE) throw new Error(`The first page is not full (${response.status}).`)
  return milliseconds
}
