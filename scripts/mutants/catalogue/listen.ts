import type { Mutant } from '../mutant.ts'

const REFUSE = 'hub/src/listen/refuse-upgrade.ts'
const NODE = 'hub/src/listen/node-front-door.ts'

const tests = (title: string) => ({ files: ['hub/src/listen/hostile-connections.test.ts'], title })

export const listenMutants: readonly Mutant[] = [
  {
    id: 'refused-upgrade-without-error-listener',
    why: 'anybody ends the hub with an upgrade that is reset',
    file: REFUSE,
    find: "connection.on('error', () => connection.destroy())",
    replace: '',
    caughtBy: tests('a refused upgrade whose connection fails'),
  },
  {
    id: 'refused-upgrade-kept',
    why: 'a client that never ends its side keeps a connection for every upgrade that it was refused',
    file: REFUSE,
    find: 'connection.end(ANSWER, () => connection.destroy())',
    replace: 'connection.end(ANSWER)',
    caughtBy: tests('is let go of, also where its client is not'),
  },
  {
    id: 'disposal-waits-for-clients',
    why: 'whoever keeps a connection open keeps the hub from ending',
    file: NODE,
    find: `await within(closed, READ_MS)
      for (const connection of connections) connection.destroy()
      await closed`,
    replace: `await closed
      for (const connection of connections) connection.destroy()`,
    caughtBy: tests('being disposed of, it does not wait'),
  },
]
