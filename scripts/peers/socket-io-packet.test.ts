import { expect, test } from 'vitest'
import { readSocketIoPacket } from './socket-io-packet.ts'

test.each<[string, unknown]>([
  ['0{"sid":"x"}', null],
  ['2', null],
  ['3', null],
  ['40/cli,{"token":"t"}', { type: 'connect', namespace: '/cli', data: { token: 't' } }],
  ['40', { type: 'connect', namespace: '/', data: undefined }],
  ['41/cli,', { type: 'disconnect', namespace: '/cli', data: undefined }],
  ['44/cli,{"message":"no"}', { type: 'connect-error', namespace: '/cli', data: { message: 'no' } }],
  ['42/cli,["ping"]', { type: 'event', namespace: '/cli', id: null, name: 'ping', args: [] }],
  [
    '42/cli,17["a",{"b":"1,2["}]',
    { type: 'event', namespace: '/cli', id: 17, name: 'a', args: [{ b: '1,2[' }] },
  ],
  [
    '42["a","line\\nbreak\u2028"]',
    { type: 'event', namespace: '/', id: null, name: 'a', args: ['line\nbreak\u2028'] },
  ],
  ['43/cli,0[]', { type: 'ack', namespace: '/cli', id: 0, args: [] }],
  [
    '43/cli,3[{"result":"success"}]',
    { type: 'ack', namespace: '/cli', id: 3, args: [{ result: 'success' }] },
  ],
])('[CO2] the tap reads %s', (text, packet) => {
  expect(readSocketIoPacket(text)).toEqual(packet)
})

test.each([['451-/cli,["a",{"_placeholder":true,"num":0}]'], ['42/cli,{"no":"list"}'], ['4x'], ['42/cli,[']])(
  '[CO2] the tap does not pass over %s, which it can not read',
  (text) => {
    expect(() => readSocketIoPacket(text)).toThrow(/packet of socket\.io|JSON/)
  },
)
