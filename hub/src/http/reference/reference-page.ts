import type { JsonObject } from '@holdfast/shared/metadata/json'
import { markup, type Html } from './markup.ts'
import type { OpenapiDocument, Operation, Parameter } from './openapi-document.ts'
import { page } from './page.ts'
import { typeText } from './type-text.ts'

interface Listed {
  readonly name: string
  readonly operation: Operation
}

/** The document for people to read. */
export function referencePage({ info, paths, components }: OpenapiDocument): string {
  const listed = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Listed => ({
      name: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  )
  const content = markup`<h1>${info.title}: routes for people and programs</h1>
    <p>${info.description}</p>
    <p>For programs: <a href="/api/openapi.json">openapi.json</a>. Version ${info.version}.</p>
    <nav aria-label="Routes">
      <ul>
        ${listed.map(entry)}
      </ul>
    </nav>
    <h2>Routes</h2>
    ${listed.map(section)}
    <h2>What answers hold</h2>
    ${Object.entries(components.schemas).map(([name, schema]) => named(name, schema as JsonObject))}`
  return page('Holdfast: routes', content)
}

function entry({ name, operation }: Listed): Html {
  return markup`<li>
    <a href="#${operation.operationId}"><code>${name}</code></a>
  </li>`
}

function section({ name, operation }: Listed): Html {
  const { operationId, summary, parameters = [], requestBody, responses } = operation
  const { 200: done, ...refusals } = responses
  return markup`<section>
    <h3 id="${operationId}">${name}</h3>
    <p>${summary}</p>
    ${parameters.length === 0 ? '' : markup`<dl>${parameters.map(parameter)}</dl>`}
    ${requestBody === undefined ? '' : shape('Body', requestBody.content['application/json'].schema)}
    ${done === undefined ? '' : shape('Answer', done.content['application/json'].schema)}
    <details>
      <summary>Refusals</summary>
      <dl>
        ${Object.entries(refusals).map(
          ([status, { description }]) =>
            markup`<dt>${status}</dt>
              <dd><code>${description.replaceAll('`', '')}</code></dd>`,
        )}
      </dl>
    </details>
  </section>`
}

function parameter({ name, in: where, required, schema }: Parameter): Html {
  return markup`<dt><code>${name}</code> in the ${where}${required ? '' : ', may be left out'}</dt>
    <dd><code>${typeText(schema)}</code></dd>`
}

function shape(what: string, schema: JsonObject): Html {
  return markup`<p>${what}</p>
    <pre tabindex="0"><code>${typeText(schema)}</code></pre>`
}

function named(name: string, schema: JsonObject): Html {
  return markup`<h3>${name}</h3>
    <pre tabindex="0"><code>${typeText(schema)}</code></pre>`
}
