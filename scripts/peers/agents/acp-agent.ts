// Stands in for the agents that speak the Agent Client Protocol (OpenCode, Cursor, Kimi, Copilot, Grok): a conversation
// has an id as soon as it is opened. Under the words of a terminal it only waits.
import { randomBytes } from 'node:crypto'
import { createInterface } from 'node:readline'
import { StandIn } from './stand-in.ts'

interface Request {
  readonly id?: number | string
  readonly method?: string
  readonly params?: { readonly sessionId?: string }
}

/** How each of them is told to speak the protocol rather than to show its terminal. */
const SPEAKS = ['acp', '--acp', 'stdio']

const [agent = '', ...args] = process.argv.slice(2)

const ABILITIES = { protocolVersion: 1, agentCapabilities: { loadSession: true }, authMethods: [] }
const CONVERSATION = {
  modes: { currentModeId: 'default', availableModes: [{ id: 'default', name: 'Default' }] },
  models: {
    currentModelId: 'stand-in/model',
    availableModels: [{ modelId: 'stand-in/model', name: 'Stand-in' }],
  },
}

function answerTo(self: StandIn, { method, params }: Request): object {
  if (method === 'initialize') return ABILITIES
  if (method === 'session/new') {
    const sessionId = `ses_${randomBytes(12).toString('hex')}`
    self.converses(sessionId)
    return { sessionId, ...CONVERSATION }
  }
  if (method === 'session/load' && params?.sessionId !== undefined) {
    self.converses(params.sessionId)
    return CONVERSATION
  }
  return method === 'session/prompt' ? { stopReason: 'end_turn' } : {}
}

async function speak(self: StandIn): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line) as Request
    if (request.id === undefined) continue
    const answer = { jsonrpc: '2.0', id: request.id, result: answerTo(self, request) }
    process.stdout.write(`${JSON.stringify(answer)}\n`)
  }
  self.end('its standard input ended', 0)
}

async function main(): Promise<void> {
  if (args.includes('--version')) return console.log('1.0.0')
  // Cursor is asked to take note of tools before it is started.
  if (args[0] === 'mcp') return
  const self = new StandIn(agent, args)
  const orders = self.obey(async () => {})
  await (args.some((arg) => SPEAKS.includes(arg)) ? speak(self) : orders)
}

await main()
