import type { MutantBuild } from '../../layout.ts'

/** How many entries of the feed such a hub keeps. */
export const KEPT_ENTRIES = 500

/** A hub that is right, with little patience: it prunes soon, and cuts watchers that do not ack soon. */
export const BRIEF_HUB: MutantBuild = {
  name: 'brief-hub',
  edits: [
    {
      file: 'hub/dist/store/retention.js',
      find: 'keepEntries: 100_000,',
      replace: `keepEntries: ${KEPT_ENTRIES},`,
    },
    { file: 'hub/dist/store/retention.js', find: 'everyMs: 1000,', replace: 'everyMs: 100,' },
    { file: 'hub/dist/watch/watch-limits.js', find: 'ackMs: 30_000,', replace: 'ackMs: 2000,' },
  ],
}
