/** What stands after a command. */
export interface Words {
  readonly given: readonly string[]
  readonly json: boolean
  readonly role: string | null
}

/** Options may stand anywhere before `--`; after it everything is taken as it is. */
export function readWords(
  words: readonly string[],
  { takesRole }: { readonly takesRole: boolean },
): Words | { readonly unknown: string } {
  const given: string[] = []
  let json = false
  let role: string | null = null
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? ''
    if (word === '--') return { given: [...given, ...words.slice(at + 1)], json, role }
    if (word === '--json') json = true
    else if (takesRole && word === '--role') role = words[(at += 1)] ?? ''
    else if (takesRole && word.startsWith('--role=')) role = word.slice('--role='.length)
    else if (word.startsWith('-') && word !== '-') return { unknown: word }
    else given.push(word)
  }
  return { given, json, role }
}
