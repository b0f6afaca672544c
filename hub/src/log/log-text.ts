const MOST_CHARACTERS = 200

/** What moves a cursor, turns text around or breaks a line, in a terminal or in what reads the log. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** Text from outside as a line of the log may hold it: short, on one line, and nothing that a terminal obeys. */
export function logText(text: string, most = MOST_CHARACTERS): string {
  const cut = text.length > most ? `${text.slice(0, most)}…` : text
  return cut.toWellFormed().replaceAll(UNSEEN, '\uFFFD')
}
