const BETWEEN_WORDS = /[^\p{L}\p{M}\p{N}]+/u

/** True where every word of `asked` is the beginning of a word of the texts, in whatever case and form it is written. */
export function hasWordsOf(asked: string, texts: readonly string[]): boolean {
  const wanted = wordsOf(asked)
  if (wanted.length === 0) return true
  const words = texts.flatMap(wordsOf)
  return wanted.every((beginning) => words.some((word) => word.startsWith(beginning)))
}

/** Upper case makes more spellings equal than lower case does: ß and ss, and both forms of the Greek sigma. */
function wordsOf(text: string): string[] {
  return text
    .normalize('NFKC')
    .toUpperCase()
    .normalize('NFKC')
    .split(BETWEEN_WORDS)
    .filter((word) => word !== '')
}
