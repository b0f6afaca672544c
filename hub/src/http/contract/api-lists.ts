import type { DoorWorld } from './door-world.ts'

/** Every item of a list of `/api`, page by page. Fails where the pages do not end. */
export async function everyItem(
  world: DoorWorld,
  path: string,
  { member, limit, cursorName = 'cursor', between }: EveryItem,
): Promise<unknown[]> {
  const items: unknown[] = []
  let cursor = ''
  for (let pages = 0; pages < 200; pages += 1) {
    const sign = path.includes('?') ? '&' : '?'
    const { status, text, body } = await world.ask({ path: `${path}${sign}limit=${limit}${cursor}` })
    if (status !== 200) throw new Error(`The hub said ${status}: ${text}`)
    items.push(...(body[member] as unknown[]))
    const next = body['nextCursor'] as string | null
    if (next === null) return items
    cursor = `&${cursorName}=${encodeURIComponent(next)}`
    await between?.(pages)
  }
  throw new Error('The pages do not end.')
}

export interface EveryItem {
  readonly member: string
  readonly limit: number
  readonly cursorName?: string
  /** What happens between two pages. */
  readonly between?: (page: number) => Promise<unknown>
}
