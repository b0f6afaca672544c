interface Reply {
  readonly session: string | null
}

/** Uses one tool of an MCP server over HTTP, with the introduction that the protocol asks for first. */
export async function mcpTool(url: string, name: string, args: object): Promise<void> {
  const clientInfo = { name: 'stand-in', version: '1' }
  const initialize = { protocolVersion: '2025-03-26', capabilities: {}, clientInfo }
  const { session } = await post(url, null, { id: 0, method: 'initialize', params: initialize })
  await post(url, session, { method: 'notifications/initialized' })
  await post(url, session, { id: 1, method: 'tools/call', params: { name, arguments: args } })
}

async function post(url: string, session: string | null, message: object): Promise<Reply> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(session === null ? {} : { 'mcp-session-id': session }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${response.status} from the tools: ${text}`)
  return { session: response.headers.get('mcp-session-id') }
}
