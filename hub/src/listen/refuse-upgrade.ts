import type { Duplex } from 'node:stream'
import { ERRORS } from '@holdfast/shared/errors/codes'
import type { ErrorBody } from '@holdfast/shared/protocol/http/error-body'
import { SOCKET_PATH } from './engine-settings.ts'

/**
 * Answers a request for another protocol that is not the socket's, and lets go of its connection. Nobody else listens to
 * the errors of one that was handed over for an upgrade, and an error without a listener would end the hub.
 */
export function refuseUpgrade(connection: Duplex): void {
  connection.on('error', () => connection.destroy())
  connection.end(ANSWER, () => connection.destroy())
}

const BODY: ErrorBody = {
  error: `No other protocol is served here, but for the websocket at ${SOCKET_PATH}. Ask again without Upgrade.`,
  code: 'invalid_request',
}

const TEXT = JSON.stringify(BODY)

const ANSWER = [
  `HTTP/1.1 ${ERRORS.invalid_request.http} Bad Request`,
  'Connection: close',
  'Content-Type: application/json',
  `Content-Length: ${Buffer.byteLength(TEXT)}`,
  '',
  TEXT,
].join('\r\n')
