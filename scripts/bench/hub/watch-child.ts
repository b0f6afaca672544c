// One session, the client that writes it, and all the clients that listen to it.
import { commands, jobOf, say } from '../child-talk.ts'
import { WatchedSession, type WatchJob } from './watched-session.ts'

const session = await WatchedSession.open(jobOf<WatchJob>())
say({ opened: true })
for await (const milliseconds of commands()) say(await session.round(Number(milliseconds)))
process.exit(0)
