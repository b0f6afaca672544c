// Opens sockets that do nothing but stay.
import { commands, jobOf, say } from '../child-talk.ts'
import { sessionId } from '../documents.ts'
import { connect, connectAll } from './connect.ts'

export interface IdleJob {
  readonly url: string
  readonly token: string
  /** The sessions that they speak for, each for its own. */
  readonly from: number
  readonly count: number
}

export interface Opened {
  readonly opened: number
}

/** How many of them are there still. */
export interface Stayed {
  readonly stayed: number
}

const { url, token, from, count } = jobOf<IdleJob>()
const sockets = await connectAll(count, (at) =>
  connect({ url, token, session: sessionId(from + at), ours: false }),
)
say({ opened: sockets.length })
for await (const _ of commands()) say({ stayed: sockets.filter((socket) => socket.connected).length })
for (const socket of sockets) socket.disconnect()
process.exit(0)
