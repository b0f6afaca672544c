import { describe, expect, test } from 'vitest'
import { CALLS } from './calls.ts'
import { droppedEventAck } from './dropped-event.ts'
import { EVENTS } from './events.ts'
import { fingerprint } from './fingerprint.ts'
import { CLI_ROUTES } from './routes.ts'

const { up, down } = EVENTS['/cli']
const watch = EVENTS['/watch']

describe('the tables are closed', () => {
  test('[WI1] what a client sends on /cli', () => {
    expect(Object.keys(up).toSorted()).toEqual(
      [
        'update-metadata',
        'update-state',
        'machine-update-metadata',
        'machine-update-state',
        'session-alive',
        'session-ready',
        'session-end',
        'machine-alive',
        'ping',
        'rpc-register',
        'rpc-unregister',
        'patch-metadata',
        'clear-resume-token',
      ].toSorted(),
    )
  })

  test('[WI1] what the hub sends on /cli', () => {
    expect(Object.keys(down).toSorted()).toEqual(['error', 'rpc-request', 'session-patched', 'update'])
  })

  test('[WI1] [WI6] what passes on /watch, all of it with an ack', () => {
    expect(Object.keys(watch.up)).toEqual(['watch'])
    expect(Object.keys(watch.down).toSorted()).toEqual(['changes', 'facts', 'resync'])
    expect(Object.values({ ...watch.up, ...watch.down }).every((shape) => 'ack' in shape)).toBe(true)
  })

  test('[WI1] what is answered by an ack, and what is not', () => {
    const acked = Object.entries({ ...up, ...down }).flatMap(([name, shape]) =>
      'ack' in shape ? [name] : [],
    )
    expect(acked.toSorted()).toEqual(
      [
        'update-metadata',
        'update-state',
        'machine-update-metadata',
        'machine-update-state',
        'ping',
        'patch-metadata',
        'clear-resume-token',
        'rpc-request',
      ].toSorted(),
    )
  })

  test('[CO1] the routes under /cli', () => {
    expect(Object.keys(CLI_ROUTES).toSorted()).toEqual(
      [
        'POST /cli/sessions',
        'GET /cli/sessions/:id',
        'GET /cli/sessions/resumable',
        'GET /cli/sessions/:id/resume-target',
        'GET /cli/sessions/:id/messages',
        'POST /cli/sessions/:id/handoff-local',
        'POST /cli/machines',
        'GET /cli/machines/:id',
        'POST /cli/claims',
        'POST /cli/runs',
        'POST /cli/runs/held',
        'POST /cli/runs/:id/heartbeat',
        'POST /cli/runs/:id/token',
        'POST /cli/runs/:id/rejected',
        'POST /cli/runs/:id/complete',
      ].toSorted(),
    )
  })

  test('[CO6] the calls, and who answers them', () => {
    expect(Object.fromEntries(Object.entries(CALLS).map(([name, call]) => [name, call.scope]))).toEqual({
      'spawn-happy-session': 'machine',
      'stop-session': 'machine',
      'path-exists': 'machine',
      'cursor-chat-store-status': 'machine',
      'look-for-conversation': 'machine',
      'start-run': 'machine',
      'stop-run': 'machine',
      killSession: 'session',
      'handoff-local': 'session',
    })
  })

  test('[WI1] no two events carry the same shape by mistake', () => {
    const prints = new Map<string, string[]>()
    for (const [name, { payload }] of Object.entries({ ...up, ...down, ...watch.up, ...watch.down })) {
      const print = fingerprint(payload)
      prints.set(print, [...(prints.get(print) ?? []), name])
    }
    const shared = [...prints.values()].filter((names) => names.length > 1)
    expect(shared).toEqual([['rpc-register', 'rpc-unregister']])
  })
})

describe('events that are accepted and dropped', () => {
  test('[CO7] a steering state is answered with a no', () => {
    expect(droppedEventAck('messages-steer-state')).toEqual({ ok: false })
  })

  test.each([
    'message',
    'messages-consumed',
    'terminal:output',
    'usage-report',
    '__proto__',
    'of-tomorrow',
    '',
  ])('[CO7] "%s" is no event here and is answered with nothing', (event) => {
    expect(Object.hasOwn(up, event)).toBe(false)
    expect(droppedEventAck(event)).toEqual({})
  })
})
