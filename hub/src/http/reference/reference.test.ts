import { createHash } from 'node:crypto'
import { ERRORS, type ErrorCode } from '@holdfast/shared/errors/codes'
import { isJsonObject, type Json, type JsonObject } from '@holdfast/shared/metadata/json'
import type { ApiRouteShape } from '@holdfast/shared/protocol/api-route-shape'
import { API_ROUTES } from '@holdfast/shared/protocol/api-routes'
import { refusalsOf } from '@holdfast/shared/protocol/refusals-of'
import { describe, expect, test } from 'vitest'
import { DoorWorld, type Answered } from '../contract/door-world.ts'
import { markup } from './markup.ts'
import { openapiDocument, type Operation } from './openapi-document.ts'
import { typeText } from './type-text.ts'

const DOCUMENT = JSON.parse(JSON.stringify(openapiDocument())) as JsonObject

const OPERATIONS = Object.entries(openapiDocument().paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]): [string, Operation] => [
    `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    operation,
  ]),
)

/** Every value of a member with this name, wherever it stands. */
function all(name: string, value: Json): Json[] {
  if (Array.isArray(value)) return value.flatMap((item) => all(name, item))
  if (!isJsonObject(value)) return []
  return Object.entries(value).flatMap(([key, member]) => [
    ...(key === name ? [member] : []),
    ...all(name, member),
  ])
}

function at(pointer: string): Json | undefined {
  const steps = pointer.replace('#/', '').split('/')
  return steps.reduce<Json | undefined>(
    (value, step) => (isJsonObject(value) ? value[step] : undefined),
    DOCUMENT,
  )
}

function get(world: DoorWorld, path: string): Promise<Answered> {
  return world.ask({ path, token: null })
}

describe('the OpenAPI document', () => {
  test('[WI5] has every route of the table and no other', () => {
    expect(OPERATIONS.map(([route]) => route).toSorted()).toEqual(Object.keys(API_ROUTES).toSorted())
  })

  test('[WI5] is served without a token', async () => {
    await using world = await DoorWorld.open()
    expect((await get(world, '/api/openapi.json')).body).toEqual(DOCUMENT)
    expect(DOCUMENT).toMatchObject({ openapi: '3.1.0', servers: [{ url: '/' }] })
  })

  test('[WI5] refers to nothing that is not in it', () => {
    const pointers = all('$ref', DOCUMENT).filter((pointer) => typeof pointer === 'string')
    expect(pointers.length).toBeGreaterThan(20)
    expect(pointers.filter((pointer) => at(pointer) === undefined)).toEqual([])
    expect(all('$defs', DOCUMENT)).toEqual([])
    expect(all('$schema', DOCUMENT)).toEqual([])
  })

  test('[WI5] names each operation once', () => {
    const ids = OPERATIONS.map(([, { operationId }]) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[a-z][A-Za-z]+$/)
  })

  test.each(OPERATIONS)('[WI5] [WI7] %s says all that it takes and answers', (route, operation) => {
    const shape: ApiRouteShape = API_ROUTES[route as keyof typeof API_ROUTES]
    const [method = ''] = route.split(' ')
    const inPath = operation.parameters?.filter((parameter) => parameter.in === 'path') ?? []
    expect(inPath.map(({ name, required }) => `:${name} ${required}`)).toEqual(
      route.includes(':id') ? [':id true'] : [],
    )
    expect(operation.parameters?.some((parameter) => parameter.in === 'query') ?? false).toBe(
      shape.query !== undefined,
    )
    expect(operation.requestBody !== undefined).toBe(shape.body !== undefined)
    expect(operation.security).toEqual(shape.role === null ? [] : [{ token: [] }, { login: [] }])
    expect(operation.summary).toMatch(/^[A-Z].*\.$/)
    const told = Object.entries(operation.responses).flatMap(([status, { description }]) =>
      [...description.matchAll(/`(\w+)`/g)].map(([, code]) => `${code ?? ''} ${status}`),
    )
    const may = refusalsOf(method, shape).map((code: ErrorCode) => `${code} ${ERRORS[code].http}`)
    expect(told.toSorted()).toEqual(may.toSorted())
    expect(operation.responses['200']).toBeDefined()
  })
})

describe('the pages', () => {
  test.each(['/', '/api'])('[WI5] [SE3] %s runs and loads nothing', async (path) => {
    await using world = await DoorWorld.open()
    const { status, headers, text } = await get(world, path)
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8'])
    const style = /<style>([^]*)<\/style>/.exec(text)?.[1] ?? ''
    const hash = createHash('sha256').update(style).digest('base64')
    expect(headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    )
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(text).not.toMatch(/<script|<link|<img|<iframe|style=|\son\w+=|https?:\/\//i)
  })

  test('[WI5] the first one leads to the others', async () => {
    await using world = await DoorWorld.open()
    const { text } = await get(world, '/')
    for (const [, path = ''] of text.matchAll(/href="([^"]+)"/g))
      expect((await get(world, path)).status).toBe(200)
    expect(text).toContain('href="/api"')
  })

  test('[WI5] the reference has every route, and every link in it leads somewhere', async () => {
    await using world = await DoorWorld.open()
    const { text } = await get(world, '/api')
    for (const route of Object.keys(API_ROUTES)) expect(text).toContain(route.replaceAll(/:(\w+)/g, '{$1}'))
    for (const [, id = ''] of text.matchAll(/href="#([^"]+)"/g)) expect(text).toContain(`id="${id}"`)
  })

  test.each(['/', '/api', '/api/openapi.json'])('[SE5] %s is read and not written', async (path) => {
    await using world = await DoorWorld.open()
    const answer = await world.ask({ method: 'POST', path, token: null, body: {} })
    expect(answer).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } })
    expect(answer.headers.get('allow')).toBe('GET, HEAD')
  })

  test('[SE4] what is put into a page is text', () => {
    const evil = `<script>alert("1")</script>&'`
    expect(markup`<p title="${evil}">${[markup`<b>${evil}</b>`]}</p>`.text).toBe(
      '<p title="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;"><b>&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;</b></p>',
    )
  })
})

describe('a schema as a reader sees it', () => {
  test.each([
    [{}, 'anything'],
    [{ type: 'integer' }, 'integer'],
    [{ const: 'a' }, '"a"'],
    [{ enum: ['a', 'b'] }, '"a" | "b"'],
    [{ $ref: '#/components/schemas/Entry' }, 'Entry'],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 'string | null'],
    [{ type: 'array', items: { type: 'string' } }, 'string[]'],
    [{ type: 'array', items: { enum: ['a', 'b'] } }, '("a" | "b")[]'],
    [{ type: 'object', additionalProperties: { type: 'number' } }, '{ [name]: number }'],
    [{ type: 'object', properties: {} }, '{}'],
    [
      { type: 'object', properties: { a: { type: 'string' }, b: {} }, required: ['a'] },
      '{\n  a: string\n  b?: anything\n}',
    ],
  ] as [JsonObject, string][])('[WI5] %j', (schema, text) => {
    expect(typeText(schema)).toBe(text)
  })
})
