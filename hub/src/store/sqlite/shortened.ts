/** So much of a flavor or a machine the census names: more would not fit in the address of its next page. */
const MOST = 128

/** A text of any length as the census groups by it, cut between two characters. */
export function shortened(text: string): string {
  // A text has at least as many code units as characters.
  if (text.length <= MOST) return text
  const characters = Array.from(text)
  return characters.length <= MOST ? text : `${characters.slice(0, MOST).join('')}…`
}
