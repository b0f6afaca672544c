import { Hono } from 'hono'
import type { DoorContext, DoorEnv } from '../door-env.ts'
import { markup } from './markup.ts'
import { openapiDocument } from './openapi-document.ts'
import { page, PAGE_POLICY } from './page.ts'
import { referencePage } from './reference-page.ts'

const FRONT = page(
  'Holdfast',
  markup`<h1>Holdfast</h1>
    <p>This hub keeps the resume tokens of coding agents: never lost, never wrong.</p>
    <ul>
      <li>
        <a href="/api">The routes for people and programs</a>, and
        <a href="/api/openapi.json">the same as OpenAPI</a>
      </li>
      <li>How agents' clients speak with it is in docs/PROTOCOL.md, what it promises in docs/SPEC.md.</li>
    </ul>`,
)

/** Pages that tell people what is here. They say nothing that is stored, so they need no token. */
export function referencePages(): Hono<DoorEnv> {
  const reference = referencePage(openapiDocument())
  return new Hono<DoorEnv>()
    .get('/', (c) => pageAnswer(c, FRONT))
    .get('/api', (c) => pageAnswer(c, reference))
}

function pageAnswer(c: DoorContext, text: string): Response {
  c.header('Content-Security-Policy', PAGE_POLICY)
  return c.html(text)
}
