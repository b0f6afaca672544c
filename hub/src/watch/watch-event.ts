import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import { watchRequest, type WatchAck, type WatchRequest } from '@holdfast/shared/protocol/watch/watch'
import { feedEnds, type FeedEnds } from '../feed/feed-ends.ts'
import type { Desk } from '../socket/desk.ts'
import type { Arrived, EventHandler } from '../socket/event-handler.ts'
import { readPayload } from '../socket/events/read-request.ts'
import type { WatchConnection } from './watch-connection.ts'
import type { WatchStart } from './watcher.ts'
import type { Watching } from './watching.ts'

const TOO_OFTEN = refuse('rate_limited', 'This connection asks to watch too often; once is enough.')

/** The first one begins the watch, after its answer; those that follow are answered, and change nothing. */
export function watchEvent(desk: Desk, watching: Watching): EventHandler<WatchConnection> {
  return async (connection, arrived) => {
    const outcome = await begin({ desk, watching, connection }, arrived)
    if (outcome === null) return
    desk.counts.refused += 1
    const { code, message, field } = outcome
    const answer: WatchAck = { result: 'error', code, message, ...(field === undefined ? {} : { field }) }
    arrived.reply?.(answer)
  }
}

interface Asked {
  readonly desk: Desk
  readonly watching: Watching
  readonly connection: WatchConnection
}

/** Null where it was answered. */
async function begin({ desk, watching, connection }: Asked, arrived: Arrived): Promise<Refusal | null> {
  if (!connection.asks.take()) return TOO_OFTEN
  const request = readPayload({ event: 'watch', payload: watchRequest }, arrived)
  if (request.kind === 'refused') return request
  const isFirst = !connection.isWatching
  connection.isWatching = true
  const { namespace } = connection.caller
  try {
    const ends = await feedEnds(desk.parts.store, namespace)
    const answer: WatchAck = { result: 'success', ...ends }
    arrived.reply?.(answer)
    if (isFirst && connection.isOpen) watching.add(namespace, connection, startOf(request.value, ends))
    return null
  } catch (error) {
    if (isFirst) connection.isWatching = false
    return desk.failed(error)
  }
}

function startOf({ since, epoch }: WatchRequest, ends: FeedEnds): WatchStart {
  if (since === undefined) return { after: ends.head, resync: null }
  if (epoch !== undefined && epoch !== ends.epoch)
    return { after: ends.head, resync: { because: 'epoch', ...ends } }
  return { after: since, resync: null }
}
