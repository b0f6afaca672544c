/** The few members of Bun's server that are used, so that Bun's types do not mix with Node's. */
export interface BunServer {
  readonly port: number
  requestIP(request: Request): { readonly address: string } | null
  /** Takes no more connections; with true it also cuts those that are there. */
  stop(cutConnections?: boolean): Promise<void>
}

export interface BunServeOptions {
  readonly hostname: string
  readonly port: number
  readonly fetch: (request: Request, server: BunServer) => Response | Promise<Response>
  readonly websocket: object
  readonly maxRequestBodySize: number
  readonly idleTimeout: number
  readonly error: () => Response
}

export function bunServe(options: BunServeOptions): BunServer {
  const { Bun } = globalThis as unknown as { Bun: { serve(options: BunServeOptions): BunServer } }
  return Bun.serve(options)
}
