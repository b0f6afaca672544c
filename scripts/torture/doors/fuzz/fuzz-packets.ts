import type { CliUpEvent, WatchUpEvent } from '@holdfast/shared/protocol/events'
import { below, between, chance, pick, type Random } from '../../random.ts'
import { upEventsOf, type FuzzNamespace, type FuzzWorld } from './fuzz-world.ts'
import { spoiltBytes } from './spoilt-bytes.ts'
import { OPCODE, webSocketFrame } from './web-socket-frame.ts'

/** Bytes for a connection that has joined a namespace. */
export interface FuzzBytes {
  readonly bytes: Buffer
  /** The hub may end the connection for it, so that nothing after it would be looked at. */
  readonly ends: boolean
  /** The id of the ack that has to come, as long as the connection stays. */
  readonly ack?: number
}

/** Where a packet goes, and what it is made of. */
interface Making {
  readonly world: FuzzWorld
  readonly namespace: FuzzNamespace
}

type Maker = (making: Making) => FuzzBytes

/** What is sent, by how often. */
const MAKERS: readonly (readonly [number, Maker])[] = [
  [70, plainEvent],
  [7, oddEvent],
  [7, fragmentedEvent],
  [2, cutOffEvent],
  [5, spoiltPacket],
  [3, oddPacket],
  [3, binaryPacket],
  [3, oddFrame],
  [1, manyFragments],
]
const TOTAL = MAKERS.reduce((sum, [weight]) => sum + weight, 0)

export function fuzzPacket(world: FuzzWorld, namespace: FuzzNamespace): FuzzBytes {
  const making = { world, namespace }
  let roll = below(world.random, TOTAL)
  for (const [weight, make] of MAKERS) {
    if (roll < weight) return make(making)
    roll -= weight
  }
  return plainEvent(making)
}

function textFrame(text: string): Buffer {
  return webSocketFrame({ opcode: OPCODE.text, payload: Buffer.from(text) })
}

/** Events of ours that are answered at once, whatever they carry; a released client is told of an error later. */
const ANSWERED: ReadonlySet<string> = new Set<CliUpEvent | WatchUpEvent>([
  'patch-metadata',
  'clear-resume-token',
  'ping',
  'watch',
])

function anEvent({ world, namespace }: Making): { readonly text: string; readonly ack?: number } {
  const shape = pick(world.random, upEventsOf(namespace))
  const [name] = shape
  const event = `["${name}",${world.payloadOf(shape)}]`
  if (chance(world.random, 0.2)) return { text: `42${namespace},${event}` }
  const ack = world.newAck()
  const text = `42${namespace},${ack}${event}`
  return ANSWERED.has(name) ? { text, ack } : { text }
}

function plainEvent(making: Making): FuzzBytes {
  const { text, ...ack } = anEvent(making)
  return { bytes: textFrame(text), ends: false, ...ack }
}

const NO_JSON = ['', 'NaN', 'undefined', '{"a":', '{a:1}', "{'a':1}", '[1,]', '0x10', '"\n"']
const ODD_NAMES = [
  '__proto__',
  'constructor',
  'error',
  'message',
  'terminal:output',
  'usage-report',
  '',
  'x'.repeat(3000),
]
const ODD_ACKS = ['', '0', '9'.repeat(400), '007', '1e3']

/** A known event with an odd number of arguments, or an unknown one. */
function oddEvent({ world, namespace }: Making): FuzzBytes {
  const { random } = world
  const shapes = upEventsOf(namespace)
  const name = chance(random, 0.5) ? pick(random, ODD_NAMES) : pick(random, shapes)[0]
  const args = Array.from({ length: pick(random, [0, 0, 1, 2, 3, 40]) }, () =>
    world.payloadOf(pick(random, shapes)),
  )
  const text = `42${namespace},${pick(random, ODD_ACKS)}[${[JSON.stringify(name), ...args].join(',')}]`
  return { bytes: textFrame(text), ends: false }
}

function pieces(random: Random, payload: Buffer, count: number): Buffer[] {
  const cuts = Array.from({ length: count - 1 }, () => below(random, payload.length + 1)).toSorted(
    (a, b) => a - b,
  )
  return [...cuts, payload.length].map((end, index) => payload.subarray(cuts[index - 1] ?? 0, end))
}

/** A message in several frames, with a ping between them, which is allowed. */
function fragmentedEvent(making: Making): FuzzBytes {
  const { world } = making
  const { text, ...ack } = anEvent(making)
  const parts = pieces(world.random, Buffer.from(text), between(world.random, 2, 6))
  const frames = parts.map((payload, index) =>
    webSocketFrame({
      opcode: index === 0 ? OPCODE.text : OPCODE.continuation,
      payload,
      isFinal: index === parts.length - 1,
    }),
  )
  frames.splice(1, 0, webSocketFrame({ opcode: OPCODE.ping, payload: Buffer.from('are you there') }))
  return { bytes: Buffer.concat(frames), ends: false, ...ack }
}

/** The start of a message whose rest never comes. */
function cutOffEvent(making: Making): FuzzBytes {
  const whole = textFrame(anEvent(making).text)
  return { bytes: whole.subarray(0, 1 + below(making.world.random, whole.length)), ends: true }
}

function spoiltPacket(making: Making): FuzzBytes {
  const { world } = making
  const { random } = world
  if (chance(random, 0.2))
    return { bytes: textFrame(`42/cli,1["ping",${pick(random, NO_JSON)}]`), ends: true }
  let payload: Buffer = Buffer.from(anEvent(making).text)
  for (let times = between(random, 1, 3); times > 0; times -= 1) payload = spoiltBytes(random, payload)
  const opcode = chance(random, 0.9) ? OPCODE.text : OPCODE.binary
  return { bytes: webSocketFrame({ opcode, payload }), ends: true }
}

const ODD_PACKETS = [
  '',
  '9abc',
  '0{"sid":"x"}',
  '1',
  '2probe',
  '3',
  '5',
  '6',
  '4',
  '49/cli,',
  '40/cli,{"token":"another"}',
  '40/',
  '40/nope,',
  `40/${'n'.repeat(100_000)},`,
  '40/cli?x=1,',
  '41/cli,',
  '41/cli,{"a":1}',
  '42["ping",{}]',
  '42/cli,',
  '42/cli,[]',
  '42/cli,{"a":1}',
  '42/cli,[1,2]',
  '42/cli,[{"a":1}]',
  '42/cli,["connect"]',
  '42/cli,["disconnect",{}]',
  '42/cli,["u"',
  '43/cli,999[1]',
  '43/cli,1{"a":1}',
  '43/cli,',
  '44/cli,{"message":"x"}',
  '45/cli,["x"]',
  '42/other,["ping"]',
]

function oddPacket({ world: { random } }: Making): FuzzBytes {
  return { bytes: textFrame(pick(random, ODD_PACKETS)), ends: true }
}

/** Events that say that binary parts follow; they may be right, too few, too many, or not there. */
function binaryPacket({ world, namespace }: Making): FuzzBytes {
  const { random } = world
  const said = pick(random, ['0', '1', '2', '11', '-1', '1e9', ''])
  const num = pick(random, ['0', '1', '7', '-1', '"x"'])
  const sid = world.session()
  const placeholder = `{"_placeholder":true,"num":${num}}`
  const head = `45${said}-${namespace},7["patch-metadata",{"sid":"${sid}","patch":{"a":${placeholder}}}]`
  const parts = Array.from({ length: below(random, 3) }, () =>
    webSocketFrame({ opcode: OPCODE.binary, payload: Buffer.from([1, 2, 3]) }),
  )
  return { bytes: Buffer.concat([textFrame(head), ...parts]), ends: true }
}

/** Frames that break the rules of WebSocket itself. */
function oddFrame({ world: { random } }: Making): FuzzBytes {
  const payload = Buffer.from('42/cli,["ping",{}]')
  const frame = pick(random, [
    { opcode: OPCODE.text, payload, reserved: 4 },
    { opcode: OPCODE.text, payload, reserved: 3 },
    { opcode: OPCODE.text, payload, isMasked: false },
    { opcode: OPCODE.text, payload: Buffer.from([0x34, 0x32, 0xff, 0xfe, 0xc0]) },
    { opcode: OPCODE.ping, payload: Buffer.alloc(126, 97) },
    { opcode: OPCODE.ping, payload, isFinal: false },
    { opcode: OPCODE.continuation, payload },
    { opcode: 5, payload },
    { opcode: 12, payload },
    { opcode: OPCODE.text, payload, saidLength: 2n ** 63n - 1n },
    { opcode: OPCODE.text, payload, saidLength: 2n ** 64n - 1n },
    { opcode: OPCODE.text, payload, saidLength: 60n * 1024n * 1024n },
    { opcode: OPCODE.close, payload: Buffer.from([0x03]) },
    { opcode: OPCODE.close, payload: Buffer.from([0x00, 0x05]) },
    { opcode: OPCODE.close, payload: Buffer.from([0x03, 0xe8, 0xff, 0xff]) },
    { opcode: OPCODE.pong, payload: Buffer.alloc(100, 120) },
  ])
  return { bytes: webSocketFrame(frame), ends: true }
}

function manyFragments({ world: { random } }: Making): FuzzBytes {
  const one = webSocketFrame({ opcode: OPCODE.continuation, payload: Buffer.from('x'), isFinal: false })
  const first = webSocketFrame({ opcode: OPCODE.text, payload: Buffer.from('4'), isFinal: false })
  const many = Array.from({ length: pick(random, [100, 20_000]) }, () => one)
  return { bytes: Buffer.concat([first, ...many]), ends: true }
}
