import { describe, expect, test } from 'vitest'
import { RawSocket } from './contract/raw-frames.ts'
import { openSocketWorld, PLACE, ROOT_TOKEN, type SocketWorld } from './contract/socket-world.ts'
import { read } from '../store/contract/test-store.ts'

const AUTH = JSON.stringify({ token: ROOT_TOKEN, clientType: 'session-scoped' })

/** What must come of some frames: the connection ends, goes on, or answers with a frame that begins like this. */
type Outcome = 'closed' | 'goes on' | { readonly answer: string; readonly with?: string }
type Frames = readonly (string | Buffer)[]

/** A client that connects with nothing but frames. */
async function rawClient(world: SocketWorld): Promise<RawSocket> {
  const raw = await RawSocket.open(world.port)
  await raw.hears('0{')
  raw.send(`40/cli,${AUTH}`)
  await raw.hears('40/cli,{"sid"')
  return raw
}

/** What came other than it should; null where nothing did. */
async function problemWith(raw: RawSocket, outcome: Outcome): Promise<string | null> {
  if (outcome === 'closed') {
    await raw.closed()
    return null
  }
  if (outcome === 'goes on') raw.send('42/cli,9007["ping"]')
  const { answer, with: part = '' } = outcome === 'goes on' ? { answer: '43/cli,9007[]' } : outcome
  const came = await raw.hears(answer.slice(0, answer.indexOf('[') + 1) || answer)
  return came.startsWith(answer) && came.includes(part) ? null : came
}

/** Nothing that anybody sends keeps the hub from serving somebody else. */
async function goodWrite(world: SocketWorld): Promise<unknown> {
  const key = await world.born()
  const client = await world.connect({ sessionId: key.session })
  const good = { sid: key.session, expectedVersion: 1, metadata: { ...PLACE, name: 'good' } }
  const ack = (await client.ask('update-metadata', good)) as object
  return { ...ack, failed: world.door.counts.failed }
}

const SERVED = { result: 'success', version: 2, metadata: { ...PLACE, name: 'good' }, failed: 0 }

const SID = 's1'
/** An event with an ack, as text. */
const ask = (event: string, payload: string) => `42/cli,7["${event}"${payload === '' ? '' : `,${payload}`}]`
const blob = (metadata: string) => `{"sid":"${SID}","expectedVersion":1,"metadata":${metadata}}`
const patch = (text: string) => `{"sid":"${SID}","patch":${text}}`
const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
const SUCCESS = { answer: '43/cli,7[{"result":"success","version":2' } as const
const ERROR = { answer: '43/cli,7[{"result":"error"}]' } as const
const refused = (code: string) => ({ answer: '43/cli,7[{"result":"error"', with: `"code":"${code}"` })
const declined = (code: string) => ({ ...SUCCESS, with: `"code":"${code}"` })

describe('before anybody is connected', () => {
  test.each<[string, string]>([
    ['S01 an older protocol', 'EIO=3&transport=websocket'],
    ['S03 a session of the engine that is not there', 'EIO=4&transport=websocket&sid=none'],
  ])('[SE5] %s is not served', async (_, query) => {
    await using world = await openSocketWorld()
    using raw = await RawSocket.open(world.port, query)
    // One engine refuses the upgrade, the other closes what it has upgraded.
    if (raw.status === 101) await raw.closed()
    expect(raw.frames).toEqual([])
    expect(await goodWrite(world)).toEqual(SERVED)
  })

  test.each<[string, Frames, Outcome]>([
    ['S08 three wrong tokens', Array.from({ length: 3 }, () => '40/cli,{"token":"wrong"}'), 'closed'],
    ['S09 the namespace that is always there', ['40'], { answer: '44{', with: 'invalid_request' }],
    ['S09 the same with a token', [`40${AUTH}`], 'closed'],
    [
      'S10 a namespace that is not there',
      [`40/nope,${AUTH}`],
      { answer: '44/nope,{"message":"Invalid namespace"}' },
    ],
    [
      'S11 a very long namespace',
      [`40/${'n'.repeat(100_000)},${AUTH}`],
      { answer: '44/nnn', with: 'Invalid namespace' },
    ],
    [
      'S12 a namespace with a query',
      [`40/cli?x=1,${AUTH}`],
      { answer: '44/cli?x=1,{"message":"Invalid namespace"}' },
    ],
    ['S13 a list instead of a handshake', ['40/cli,[]'], 'closed'],
    ['S14 text instead of a handshake', ['40/cli,"x"'], 'closed'],
    ['S15 no handshake', ['40/cli,'], { answer: '44/cli,{', with: '"code":"unauthorized"' }],
    ['S17 connecting twice', [`40/cli,${AUTH}`, `40/cli,${AUTH}`], 'closed'],
    ['S33 an event before connecting', ['42/cli,["ping"]'], 'closed'],
    ['S30 an unknown packet', ['49/cli'], 'closed'],
    ['S31 an unknown packet of the engine', ['9abc'], 'closed'],
    ['S32 an empty frame', [''], 'closed'],
    ['S34 a binary frame', [Buffer.from('x')], 'closed'],
    [
      'a handshake nested very deep',
      [`40/cli,{"token":${deep(100_000)}}`],
      { answer: '44/cli,{', with: 'unauthorized' },
    ],
    [
      'a handshake with forbidden keys',
      [`40/cli,{"__proto__":{"token":"x"},"constructor":1}`],
      { answer: '44/cli,{', with: 'unauthorized' },
    ],
  ])('[SE5] %s', async (_, frames, outcome) => {
    await using world = await openSocketWorld()
    using raw = await RawSocket.open(world.port)
    await raw.hears('0{')
    raw.send(...frames)
    expect(await problemWith(raw, outcome)).toBeNull()
    expect(await goodWrite(world)).toEqual(SERVED)
  })
})

describe('frames that are no event', () => {
  test.each<[string, Frames, Outcome]>([
    ['S17 connecting again', [`40/cli,${AUTH}`], 'closed'],
    ['S19 bad JSON', ['42/cli,["u"'], 'closed'],
    ['S20 an object', ['42/cli,{"a":1}'], 'closed'],
    ['S21 an empty list', ['42/cli,[]'], 'closed'],
    ['S22 an event whose name is a number', ['42/cli,[1,2]'], 'goes on'],
    ['S23 an event whose name is an object', ['42/cli,[{"a":1}]'], 'closed'],
    ['S24 the event "disconnect"', ['42/cli,["disconnect"]'], 'closed'],
    ['S24 the event "connect"', ['42/cli,["connect"]'], 'closed'],
    ['S25 the event "error"', ['42/cli,["error",{"a":1}]'], 'goes on'],
    ['S26 the event "__proto__"', ['42/cli,["__proto__",{"a":1}]'], 'goes on'],
    ['the event "constructor"', ['42/cli,["constructor"]'], 'goes on'],
    ['S28 an ack that nobody asked for', ['43/cli,999["x"]'], 'goes on'],
    ['S29 an ack that is an object', ['43/cli,999{"a":1}'], 'closed'],
    ['S30 an unknown packet', ['49/cli'], 'closed'],
    ['S31 an unknown packet of the engine', ['9abc'], 'closed'],
    ['S32 an empty frame', [''], 'closed'],
    ['S33 an event to a namespace not joined', ['42/other,["ping"]'], 'closed'],
    ['S34 a binary frame', [Buffer.from('x')], 'closed'],
    [
      'S35 an attachment that never comes',
      ['451-/cli,["u",{"_placeholder":true,"num":0}]', '42/cli,["ping"]'],
      'closed',
    ],
    ['S36 too many attachments', ['4511-/cli,["u"]'], 'closed'],
    ['S37 no attachments', ['450-/cli,["u"]'], 'closed'],
    [
      'S38 a placeholder out of range',
      ['451-/cli,["u",{"_placeholder":true,"num":5}]', Buffer.from('x')],
      'closed',
    ],
    ['S40 an ack id of 400 digits', [`42/cli,${'9'.repeat(400)}["ping"]`], 'goes on'],
    ['S41 leaving with a reason', ['41/cli,{"a":1}'], 'closed'],
    ['an error of connecting', ['44/cli,{"message":"x"}'], 'closed'],
  ])('[SE5] %s', async (_, frames, outcome) => {
    await using world = await openSocketWorld()
    using raw = await rawClient(world)
    raw.send(...frames)
    expect(await problemWith(raw, outcome)).toBeNull()
    expect(await goodWrite(world)).toEqual(SERVED)
  })
})

describe('events', () => {
  const PLACEHOLDER = '{"_placeholder":true,"num":0}'
  test.each<[string, Frames, Outcome]>([
    ['S27 a name that is not known', [ask('unheard-of', '{}')], { answer: '43/cli,7[{}]' }],
    [
      'S39 a binary value in a blob',
      [
        `451-/cli,7["update-metadata",${blob(`{"path":"/p","host":"h","name":${PLACEHOLDER}}`)}]`,
        Buffer.from('x'),
      ],
      { answer: '43/cli,7[{"result":"success","version":1', with: '"code":"invalid_field"' },
    ],
    [
      'S39 a binary value in a patch',
      [`451-/cli,7["patch-metadata",${patch(`{"a":${PLACEHOLDER}}`)}]`, Buffer.from('x')],
      refused('invalid_field'),
    ],
    [
      'S39 a binary payload',
      [`451-/cli,7["patch-metadata",${PLACEHOLDER}]`, Buffer.from('x')],
      refused('invalid_request'),
    ],
    [
      'S39 a binary payload where a name is',
      [`451-/cli,["rpc-register",${PLACEHOLDER}]`, Buffer.from('x')],
      'goes on',
    ],
    [
      'S43 a blob without an ack',
      [`42/cli,["update-metadata",${blob('{"path":"/p","host":"h","name":"n"}')}]`],
      'goes on',
    ],
    [
      'S43 every write without an ack and without a payload',
      [
        'update-metadata',
        'update-state',
        'machine-update-metadata',
        'machine-update-state',
        'patch-metadata',
        'clear-resume-token',
      ].map((event) => `42/cli,["${event}"]`),
      'goes on',
    ],
    [
      'S43 every sign without a payload',
      [
        'session-alive',
        'session-ready',
        'session-end',
        'machine-alive',
        'rpc-register',
        'rpc-unregister',
        'ping',
      ].map((event) => `42/cli,["${event}"]`),
      'goes on',
    ],
    ['S44 a blob without a payload', [ask('update-metadata', '')], ERROR],
    ['S44 a patch without a payload', [ask('patch-metadata', '')], refused('invalid_request')],
    ...['null', '[]', '"x"', '7', 'true'].flatMap((payload): [string, Frames, Outcome][] => [
      [`S45 a blob whose payload is ${payload}`, [ask('update-metadata', payload)], ERROR],
      [
        `S45 a patch whose payload is ${payload}`,
        [ask('patch-metadata', payload)],
        refused('invalid_request'),
      ],
      [
        `S45 a sign whose payload is ${payload}`,
        [ask('session-alive', payload)],
        { answer: '42/cli,["error"', with: 'invalid_request' },
      ],
      [
        `S45 a registration whose payload is ${payload}`,
        [ask('rpc-register', payload)],
        { answer: '42/cli,["error"', with: 'invalid_request' },
      ],
    ]),
    ['S46 a blob with more arguments', [ask('update-metadata', `${blob('{}')},2,{"a":3}`)], ERROR],
    [
      'S46 a patch with more arguments',
      [ask('patch-metadata', `${patch('{}')},2`)],
      refused('invalid_request'),
    ],
    [
      'S47 a toJSON that is text',
      [ask('patch-metadata', patch('{"f":{"toJSON":"x"},"toJSON":"y"}'))],
      SUCCESS,
    ],
    ['S48 a placeholder in a text event', [ask('patch-metadata', patch(`{"f":${PLACEHOLDER}}`))], SUCCESS],
    [
      'S49 a blob nested very deep',
      [ask('update-metadata', blob(`{"path":"/p","host":"h","os":"o","tools":${deep(100_000)}}`))],
      declined('too_deep'),
    ],
    [
      'S49 a patch nested very deep',
      [ask('patch-metadata', patch(`{"f":${deep(100_000)}}`))],
      refused('too_deep'),
    ],
    [
      'S49 a state nested very deep',
      [
        ask(
          'update-state',
          `{"sid":"${SID}","expectedVersion":1,"agentState":{"requests":{"r":{"tool":"t","arguments":${deep(100_000)}}}}}`,
        ),
      ],
      { ...SUCCESS, with: '"arguments":null' },
    ],
    [
      'S49 a sign nested very deep',
      [ask('session-alive', `{"sid":${deep(100_000)}}`)],
      { answer: '42/cli,["error"', with: 'invalid_request' },
    ],
    ['S49 a payload nested very deep', [ask('unheard-of', deep(100_000))], { answer: '43/cli,7[{}]' }],
    [
      'S50 a forbidden key in a patch',
      [ask('patch-metadata', patch('{"f":{"__proto__":{"x":1}}}'))],
      refused('forbidden_key'),
    ],
    [
      'S50 a forbidden field in a patch',
      [ask('patch-metadata', patch('{"__proto__":{"x":1}}'))],
      refused('forbidden_key'),
    ],
    [
      'S50 a forbidden key in a blob',
      [ask('update-metadata', blob('{"path":"/p","host":"h","os":"o","__proto__":{"x":1}}'))],
      declined('forbidden_key'),
    ],
    [
      'S50 a forbidden member of the payload',
      [ask('patch-metadata', `{"sid":"${SID}","patch":{},"__proto__":{"x":1}}`)],
      { answer: '43/cli,7[' },
    ],
    [
      'S51 half of a surrogate pair',
      [ask('patch-metadata', patch('{"f":"\\ud83d"}'))],
      refused('invalid_field'),
    ],
    ['S51 a NUL', [ask('patch-metadata', patch('{"f":"\\u0000"}'))], refused('invalid_field')],
    [
      'S51 a number that is not finite',
      [ask('patch-metadata', patch('{"f":1e400}'))],
      refused('invalid_field'),
    ],
    [
      'S51 the same in a blob',
      [ask('update-metadata', blob('{"path":"/p","host":"h","os":"o","hostPid":1e400}'))],
      declined('invalid_field'),
    ],
    [
      'S52 a patch of one byte too much',
      [ask('patch-metadata', patch(`{"f":"${'x'.repeat(256 * 1024 - 7)}"}`))],
      refused('too_large'),
    ],
    [
      'S52 a blob of 4 MiB',
      [
        ask(
          'update-metadata',
          blob(`{"path":"/p","host":"h","os":"o","name":"${'x'.repeat(4 * 1024 * 1024)}"}`),
        ),
      ],
      declined('too_large'),
    ],
    [
      'S55 a sid that is a number',
      [ask('patch-metadata', '{"sid":7,"patch":{}}')],
      refused('invalid_request'),
    ],
    [
      'S55 a sid that is a path',
      [ask('update-metadata', '{"sid":"../../etc","expectedVersion":1,"metadata":{}}')],
      { answer: '43/cli,7[{"result":"error","reason":"not-found"}]' },
    ],
    [
      'S55 a sid with half of a surrogate pair',
      [ask('update-metadata', '{"sid":"\\ud83d","expectedVersion":1,"metadata":{}}')],
      { answer: '43/cli,7[{"result":"error","reason":"not-found"}]' },
    ],
    [
      'S55 a version that is text',
      [ask('patch-metadata', `{"sid":"${SID}","patch":{},"expectedVersion":"1"}`)],
      refused('invalid_request'),
    ],
    [
      'S55 a mutation id that is a number',
      [ask('patch-metadata', `{"sid":"${SID}","patch":{},"mutationId":1234567890123456}`)],
      refused('invalid_request'),
    ],
    [
      'S56 a blob for another version',
      [ask('update-metadata', `{"sid":"${SID}","expectedVersion":9,"metadata":{}}`)],
      { answer: '43/cli,7[{"result":"version-mismatch","version":1,' },
    ],
    ['S69 a write after leaving', ['41/cli', ask('patch-metadata', patch('{"f":1}'))], 'closed'],
    [
      'S83 a method of another tenant',
      ['42/cli,["rpc-register",{"method":"theirs:path-exists"}]'],
      { answer: '42/cli,["error"', with: 'access_denied' },
    ],
  ])('[SE5] %s', async (_, frames, outcome) => {
    await using world = await openSocketWorld()
    await world.born(PLACE, { id: SID })
    await world.machine('theirs', {}, 'other')
    using raw = await rawClient(world)
    raw.send(...frames)
    expect(await problemWith(raw, outcome)).toBeNull()
    expect(await goodWrite(world)).toEqual(SERVED)
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false)
  })

  test('[SE5] S40 an event of an endless ack id is carried out', async () => {
    await using world = await openSocketWorld()
    const key = await world.born(PLACE, { id: SID })
    using raw = await rawClient(world)
    raw.send(`42/cli,${'9'.repeat(400)}["patch-metadata",${patch('{"f":1}')}]`)
    expect(await problemWith(raw, 'goes on')).toBeNull()
    expect(await goodWrite(world)).toEqual(SERVED)
    expect((await read(world.store, key)).metadata).toEqual({ ...PLACE, f: 1 })
  })

  test('[SE5] S69 what comes after leaving changes nothing', async () => {
    await using world = await openSocketWorld()
    const key = await world.born(PLACE, { id: SID })
    using raw = await rawClient(world)
    raw.send('41/cli', `42/cli,["patch-metadata",${patch('{"f":1}')}]`)
    await raw.closed()
    expect((await read(world.store, key)).metadata).toEqual(PLACE)
  })

  test('[SE5] S07 whoever never says who he is does not stay', async () => {
    await using world = await openSocketWorld()
    using raw = await RawSocket.open(world.port)
    await raw.closed()
    expect(await goodWrite(world)).toEqual(SERVED)
  })
})
