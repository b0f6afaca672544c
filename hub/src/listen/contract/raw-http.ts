import { connect } from 'node:net'

/** Sends bytes as they are to a port of this machine, and gives what comes back until the other side closes or falls silent. */
export function exchange(port: number, bytes: string | Buffer, silenceMs = 1500): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    const done = (): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(silenceMs, done)
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')))
    socket.on('close', done)
    socket.on('error', done)
    socket.on('connect', () => socket.write(bytes))
  })
}

/** The status of an answer; 0 where the connection was closed without one. */
export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0)
}

/** A request with these header lines, CRLF between them. */
export function request(line: string, headers: readonly string[], body = ''): string {
  return [line, ...headers, '', body].join('\r\n')
}
