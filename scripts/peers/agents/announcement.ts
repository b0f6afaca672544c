import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a stand-in for an agent writes down, so that a scenario knows what the agent did. */
export type Announcement = { readonly agent: string; readonly pid: number } & (
  | { readonly event: 'started'; readonly args: readonly string[]; readonly cwd: string }
  | { readonly event: 'conversation'; readonly id: string }
  | { readonly event: 'ending'; readonly why: string }
)

/** What a scenario asks of a running stand-in. */
export type AgentOrder =
  | { readonly order: 'new-conversation'; readonly id: string }
  | { readonly order: 'title'; readonly title: string }
  | { readonly order: 'exit'; readonly code: number }

/** Where stand-ins and scenarios leave word for each other; told to the stand-ins by the environment. */
export const AGENTS_FOLDER = 'HOLDFAST_PEERS_AGENTS'

export function announce(folder: string, announcement: Announcement): void {
  appendFileSync(join(folder, 'announcements'), `${JSON.stringify(announcement)}\n`)
}

export function announcements(folder: string): Announcement[] {
  const text = readIfThere(join(folder, 'announcements'))
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Announcement)
}

export function orderFile(folder: string, pid: number): string {
  return join(folder, `order-${pid}`)
}

export function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
