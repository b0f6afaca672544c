// What the wire alone costs: the hub's own front door with the hub's own settings, and behind it a handler that answers
// and does nothing else.
import { openFrontDoor } from '@holdfast/hub/listen/front-door'
import type { Socket } from 'socket.io'

type Reply = (answer: object) => void

const HOST = '127.0.0.1'

/** As long as the hub's answer to a patch, and short for a document too: it holds no copy of what was sent. */
const ANSWER = {
  result: 'success',
  version: 2,
  changed: ['lifecycleState', 'lifecycleStateSince', 'archivedBy', 'archiveReason'],
  kept: [],
}

const door = await openFrontDoor({
  host: HOST,
  port: 0,
  http: () => Promise.resolve(new Response('')),
  admission: { refusalOf: () => null },
  isShuttingDown: () => false,
})
door.io.of('/cli').on('connection', (socket: Socket) => {
  for (const event of ['patch-metadata', 'update-metadata'])
    socket.on(event, (_payload: unknown, reply: Reply) => reply(ANSWER))
})
process.stdout.write(`  address   ${await door.listen()}\n`)
