/** Text that is safe to stand in a page; made by `markup` alone. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** A piece of a page. What is put in and is not itself a piece of a page is shown as the text that it is. */
export function markup(
  texts: TemplateStringsArray,
  ...given: readonly (string | Html | readonly Html[])[]
): Html {
  return new Html(texts.map((text, at) => text + shown(given[at] ?? '')).join(''))
}

function shown(value: string | Html | readonly Html[]): string {
  if (typeof value === 'string') return escaped(value)
  return value instanceof Html ? value.text : value.map(({ text }) => text).join('')
}

const ESCAPES: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? '')
}
