import type { Desk } from '../desk.ts'
import type { EventHandler } from '../event-handler.ts'

/** Are you there? What it carries is not looked at. */
export function ping(desk: Desk): EventHandler {
  return (connection, { reply }) => {
    if (connection.signs.take()) reply?.()
    else desk.counts.overLimit += 1
  }
}
