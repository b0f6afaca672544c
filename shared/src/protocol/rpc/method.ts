export interface RpcMethod {
  /** The machine or the session that answers it; neither's id holds a colon. */
  readonly scope: string
  readonly name: string
}

/** `<scope>:<name>`, as a socket registers it and the hub calls it. */
export function rpcMethod(scope: string, name: string): string {
  return `${scope}:${name}`
}

/** Null for a text that names no method of anybody. */
export function readRpcMethod(method: string): RpcMethod | null {
  const colon = method.indexOf(':')
  if (colon < 1 || colon === method.length - 1) return null
  return { scope: method.slice(0, colon), name: method.slice(colon + 1) }
}
