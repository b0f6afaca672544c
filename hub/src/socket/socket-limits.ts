/**
 * What one connection may ask of the hub. Nobody is sent away for passing one of these: a released client would not come
 * back, and the limits are far above what any client does by itself.
 */
export const SOCKET_LIMITS = {
  /**
   * Writes that wait for their commit. A released client has one under way, and one of ours sends what waited for the
   * hub in pieces. More would only wait in the store's queue, before the writes of everybody else.
   */
  writes: 256,
  /** Acks that wait for the second after which a released client is told of an error. */
  waitingErrors: 256,
  /** That second. Released clients send what failed again at once. */
  errorDelayMs: 1000,
  /** Signs of life. A session says one every two seconds, and a runner may speak for hundreds. */
  signs: { burst: 2000, perSecond: 500 },
  /** Events that are only dropped: a terminal at full speed. What is over costs not even an ack. */
  dropped: { burst: 5000, perSecond: 1000 },
  /** `error` events to a client: all of a burst of registrations, and then a few for its log. */
  complaints: { burst: 100, perSecond: 5 },
  /** The text of an answer to a call, in UTF-16 units. */
  answerLength: 1024 * 1024,
  /** Sessions and machines of which it is remembered that they are there. */
  known: 10_000,
  /** Members of a state that is mended where some of it can not be stored. A real one has a few for each tool call. */
  mendableMembers: 500_000,
  /** Refused fields that an ack lists. */
  refusedFields: 256,
} as const
