import { beforeEach, describe, expect, test } from 'vitest'
import { LiveRpcRegistry } from '../live/live-rpc-registry.ts'
import { lookForConversation, type ConversationAsked, type Look } from './evidence-questions.ts'

const ASKED: ConversationAsked = {
  namespace: 'default',
  machineId: 'm1',
  sessionId: 's1',
  flavor: 'claude',
  token: 'the-token',
  directory: ' /srv/app',
  runtimeId: 'r1',
}
const PRESENT = { state: 'present', turns: 3 }
const THERE = { state: 'present' }

/** Null: none comes. */
type Answer = string | null

/** A machine whose runner gives these answers. */
class Machine {
  readonly registry = new LiveRpcRegistry()
  readonly asked: { readonly method: string; readonly params: unknown }[] = []

  answers(answers: { readonly [name: string]: Answer }): this {
    for (const [name, answer] of Object.entries(answers))
      this.registry.register('default', `m1:${name}`, {
        id: 'c1',
        ask: async ({ method, params }) => {
          this.asked.push({ method, params: JSON.parse(params) as unknown })
          if (answer === null) throw new Error('late')
          return answer
        },
      })
    return this
  }

  sees(look: object): Promise<Look | null> {
    return this.answers({ 'look-for-conversation': JSON.stringify(look) }).look()
  }

  look(more: Partial<ConversationAsked> = {}): Promise<Look | null> {
    return lookForConversation(this.registry, { ...ASKED, ...more }, 5000)
  }
}

let machine: Machine
beforeEach(() => {
  machine = new Machine()
})

describe('asking a runner what it sees', () => {
  test('[RV6] it is asked for the very conversation, and believed', async () => {
    expect(await machine.sees({ transcript: PRESENT, directory: THERE, runtimeId: 'r2', more: 1 })).toEqual({
      transcript: { state: 'present', because: null },
      directory: 'present',
      runtimeId: 'r2',
    })
    const { namespace: _namespace, machineId: _machine, ...params } = ASKED
    expect(machine.asked).toEqual([{ method: 'm1:look-for-conversation', params }])
  })

  test.each<[string, object, Look['transcript']]>([
    ['without a turn is absent', { state: 'present', turns: 0 }, { state: 'absent', because: null }],
    ['of which turns are not counted', { state: 'present' }, { state: 'present', because: null }],
    ['that is one of two', { ...PRESENT, candidates: 2 }, { state: 'ambiguous', because: null }],
    ['that is the only one', { ...PRESENT, candidates: 1 }, { state: 'present', because: null }],
    ['that is gone', { state: 'absent', because: 'agent_rejected' }, { state: 'absent', because: null }],
    ['that it can not tell', { state: 'unknown', candidates: 4 }, { state: 'unknown', because: null }],
    [
      'that it can not reach',
      { state: 'unknown', because: 'config_dir_unusable' },
      { state: 'unknown', because: 'config_dir_unusable' },
    ],
  ])('[RV6] a transcript %s', async (_, transcript, seen) => {
    expect(await machine.sees({ transcript, directory: THERE })).toMatchObject({ transcript: seen })
  })

  test.each<[string, Answer]>([
    ['an error', '{"error":"no such thing"}'],
    ['another shape', '{"transcript":{"state":"gone"},"directory":{"state":"absent"}}'],
    ['half a shape', '{"transcript":{"state":"absent"}}'],
    ['no JSON', 'absent'],
    ['no answer', null],
  ])('[RV6] %s is no knowledge, and nothing is taken for gone', async (_, answer) => {
    machine.answers({ 'look-for-conversation': answer, 'path-exists': '{"exists":{"/srv/app":true}}' })
    expect(await machine.look()).toEqual({
      transcript: { state: 'unknown', because: null },
      directory: 'unknown',
      runtimeId: null,
    })
    expect(machine.asked).toHaveLength(1)
  })

  test('[RV6] where no runner is connected, nobody looked', async () => {
    expect(await machine.look()).toBe(null)
    expect(await machine.look({ flavor: 'cursor' })).toBe(null)
    expect(await machine.answers({ 'path-exists': '{"exists":{}}' }).look({ namespace: 'other' })).toBe(null)
  })
})

describe('asking the runner of a released client', () => {
  test.each<[string, string, Look['directory']]>([
    ['a directory that it sees', '{"exists":{"/srv/app":true}}', 'present'],
    ['one that it does not see', '{"exists":{"/srv/app":false}}', 'unknown'],
    ['one that it leaves out', '{"exists":{}}', 'unknown'],
    ['an error', '{"error":"no"}', 'unknown'],
  ])('[RV6] %s', async (_, answer, directory) => {
    expect(await machine.answers({ 'path-exists': answer }).look()).toEqual({
      transcript: { state: 'unknown', because: null },
      directory,
      runtimeId: null,
    })
  })

  test.each<[string, string, Look['transcript']['state']]>([
    ['there', '{"onDisk":true,"store":"acp"}', 'present'],
    ['gone', '{"onDisk":false,"store":null}', 'absent'],
    ['nobody knows where', '{"error":"no"}', 'unknown'],
  ])('[RV6] it tells of a Cursor conversation that it is %s', async (_, answer, state) => {
    machine.answers({ 'cursor-chat-store-status': answer })
    expect(await machine.look({ flavor: 'cursor' })).toEqual({
      transcript: { state, because: null },
      directory: 'unknown',
      runtimeId: null,
    })
    expect(machine.asked.at(-1)?.params).toEqual({
      workspacePath: ' /srv/app',
      cursorSessionId: 'the-token',
    })
  })

  test('[RV6] it is asked for no conversation of another agent', async () => {
    machine.answers({ 'cursor-chat-store-status': '{"onDisk":false}' })
    expect(await machine.look({ flavor: 'claude' })).toBe(null)
  })
})
