/** Text from outside as a message may quote it: at most 80 characters, none of which moves a cursor or breaks a line. */
export function printable(text: string): string {
  return text
    .slice(0, 80)
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD')
}
