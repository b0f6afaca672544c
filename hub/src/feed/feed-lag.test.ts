import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import { expect, test } from 'vitest'
import { born, FeedWorld, PLACE } from './contract/feed-world.ts'
import { sourceOf } from './contract/source-of.ts'

test('[OP2] the feed lags for as long as the oldest change is not told, and no longer', async () => {
  let isBusy = false
  await using world = await FeedWorld.open({
    source: (store) =>
      sourceOf(store, {
        readFeed: (request) =>
          isBusy && request.namespace === 'busy'
            ? Promise.reject(new HoldfastError('storage_busy', 'Busy.'))
            : store.readFeed(request),
      }),
  })
  await world.settled()
  expect(world.events.lagMs).toBe(0)
  isBusy = true
  const key = await born(world.store, 'a', PLACE, 'busy')
  world.time += 2000
  await world.patch(key, { name: 'later' })
  await world.until(() => world.log.lines.some((line) => line.what.startsWith('sessions are told late')))
  await world.settled()
  world.time += 1000
  expect(world.events.lagMs).toBe(3000)
  world.time -= 10_000
  expect(world.events.lagMs).toBe(0)
  world.time += 10_000
  isBusy = false
  await world.until(() => world.events.lagMs === 0)
})
