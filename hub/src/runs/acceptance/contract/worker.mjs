// A worker as a process of its own: it does what its standard input says, a line of JSON each, answers each with a line,
// and says all the while that it is there. Killed by the tests of what becomes of that.
import { createInterface } from 'node:readline'

const { url, token, beatMs } = JSON.parse(process.argv[2] ?? '{}')
let heartbeat = null

/** A hub that is away is asked again by whoever gave the order. */
async function ask({ path, body }) {
  try {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return { status: response.status, body: await response.json() }
  } catch {
    return { status: 0, body: {} }
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line)
  const answer = await ask(order)
  const isDone = answer.status === 200
  if (isDone && order.path.endsWith('/complete')) clearInterval(heartbeat)
  if (isDone && order.path === '/cli/claims') {
    const path = `/cli/runs/${answer.body.runId}/heartbeat`
    clearInterval(heartbeat)
    heartbeat = setInterval(() => void ask({ path, body: {} }), beatMs)
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
clearInterval(heartbeat)
