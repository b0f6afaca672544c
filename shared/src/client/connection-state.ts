export type ConnectionState = 'idle' | 'connecting' | 'live' | 'backing-off' | 'stopped'
export type ConnectionStep = 'start' | 'up' | 'down' | 'timer' | 'stop'

/** What each step makes of each state; null where it means nothing there. */
export const NEXT: Readonly<
  Record<ConnectionState, Readonly<Record<ConnectionStep, ConnectionState | null>>>
> = {
  idle: { start: 'connecting', up: null, down: null, timer: null, stop: 'stopped' },
  connecting: { start: null, up: 'live', down: 'backing-off', timer: 'backing-off', stop: 'stopped' },
  live: { start: null, up: null, down: 'backing-off', timer: null, stop: 'stopped' },
  'backing-off': { start: null, up: null, down: null, timer: 'connecting', stop: 'stopped' },
  stopped: { start: null, up: null, down: null, timer: null, stop: null },
}
