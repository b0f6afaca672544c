/** Of a resume token, what is enough to tell it from others and too little to use it. */
export const SHOWN_OF_TOKEN = 8

/** A resume token as lists, logs and watchers see it. */
export function maskToken(token: string): string {
  return token.length > SHOWN_OF_TOKEN ? `${token.slice(0, SHOWN_OF_TOKEN)}…` : token
}
