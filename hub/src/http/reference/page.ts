import { createHash } from 'node:crypto'
import { Html, markup } from './markup.ts'

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d4d7dc, #3a3f47); --quiet: light-dark(#57606a, #9aa4b0);
  --raised: light-dark(#f5f6f8, #1c2027); --link: light-dark(#0b5cad, #7ab7ff); }
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1rem 4rem; font: 16px/1.55 system-ui, sans-serif;
  background: light-dark(#fff, #14171c); color: light-dark(#1c2128, #e4e8ee); overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; } h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; }
h3 { font: 600 1rem/1.4 ui-monospace, monospace; margin: 2rem 0 .25rem; padding-top: 1rem; border-top: 1px solid var(--line); }
a { color: var(--link); } code, pre { font: .875rem/1.5 ui-monospace, monospace; }
pre { background: var(--raised); padding: .75rem 1rem; border-radius: 6px; overflow-x: auto; margin: .25rem 0 .75rem; }
dt { color: var(--quiet); } dd { margin: 0 0 .5rem; } nav ul { columns: 18rem; padding-left: 1.2rem; }
`

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

/** Nothing is loaded or run, from wherever: the page is what came with it. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

export function page(title: string, content: Html): string {
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>${new Html(STYLE)}</style>
      </head>
      <body>
        <main>${content}</main>
      </body>
    </html>`.text
}
