import { ERRORS, type ErrorCode } from '@holdfast/shared/errors/codes'
import { isJsonObject, type Json, type JsonObject } from '@holdfast/shared/metadata/json'
import type { ApiRouteShape } from '@holdfast/shared/protocol/api-route-shape'
import { API_ROUTES } from '@holdfast/shared/protocol/api-routes'
import { refusalsOf } from '@holdfast/shared/protocol/refusals-of'
import { PROTOCOL_VERSION } from '@holdfast/shared/protocol/version'
import type { z } from 'zod'
import { LOGIN_COOKIE } from '../../auth/login-cookies.ts'
import { answerSchema, namedSchemas, requestSchema } from './json-schema-of.ts'

/** OpenAPI 3.1, made from the table of routes and nothing else. */
export interface OpenapiDocument {
  readonly openapi: '3.1.0'
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly servers: readonly { readonly url: string }[]
  readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } }
  readonly components: { readonly schemas: JsonObject; readonly securitySchemes: JsonObject }
}

export interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly tags: readonly string[]
  readonly security: readonly JsonObject[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly required: true; readonly content: Content }
  readonly responses: {
    readonly [status: string]: { readonly description: string; readonly content: Content }
  }
}

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly required: boolean
  readonly schema: Json
}

interface Content {
  readonly 'application/json': { readonly schema: JsonObject }
}

const DESCRIPTION = `For people and programs other than agents. A request shows a token as a bearer or, in a browser, the cookie of a login; a change that comes with the cookie must say its Origin. An error is one plain sentence, a code and what else belongs to the code. Answers may gain members.`

export function openapiDocument(): OpenapiDocument {
  const paths: { [path: string]: { [method: string]: Operation } } = {}
  for (const [route, shape] of Object.entries<ApiRouteShape>(API_ROUTES)) {
    const [method = '', at = ''] = route.split(' ')
    const path = at.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation(method, path, shape) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Holdfast', version: String(PROTOCOL_VERSION), description: DESCRIPTION },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: namedSchemas(),
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        login: { type: 'apiKey', in: 'cookie', name: LOGIN_COOKIE },
      },
    },
  }
}

function operation(method: string, path: string, shape: ApiRouteShape): Operation {
  const { params, query, body, role } = shape
  const parameters = [...parametersOf('path', params), ...parametersOf('query', query)]
  return {
    operationId: operationId(method, path),
    summary: shape.does + (role === null ? '' : ` Takes the role ${role}.`),
    tags: [path.split('/')[2] ?? ''],
    security: role === null ? [] : [{ token: [] }, { login: [] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: true, content: json(requestSchema(body)) } }),
    responses: {
      200: { description: 'Done.', content: json(answerSchema(shape.answer)) },
      ...refusals(method, shape),
    },
  }
}

/** `GET /api/sessions/{id}/history` is `getSessionsByIdHistory`. */
function operationId(method: string, path: string): string {
  const words = path.replace('/api/', '').split(/[/.]/)
  const named = words.map((word) =>
    word.replace(/^\{(\w)(\w*)\}$/, (_, first: string, rest: string) => `by-${first}${rest}`),
  )
  const camel = named.join('-').replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())
  return method.toLowerCase() + camel
}

function parametersOf(where: Parameter['in'], schema: z.ZodType | undefined): Parameter[] {
  if (schema === undefined) return []
  const { properties, required } = requestSchema(schema)
  if (!isJsonObject(properties)) return []
  return Object.entries(properties).map(([name, member]) => ({
    name,
    in: where,
    required: Array.isArray(required) && required.includes(name),
    schema: member,
  }))
}

/** By status; the codes of one status stand together. */
function refusals(method: string, shape: ApiRouteShape): Operation['responses'] {
  const byStatus = new Map<number, ErrorCode[]>()
  for (const code of refusalsOf(method, shape).toSorted()) {
    const { http } = ERRORS[code]
    byStatus.set(http, [...(byStatus.get(http) ?? []), code])
  }
  const more = new Map([
    [409, shape.conflict],
    [410, shape.gone],
  ])
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [status, refusal(codes, more.get(status))]),
  )
}

function refusal(codes: readonly ErrorCode[], more: z.ZodType | undefined): Operation['responses'][string] {
  const error: JsonObject = {
    allOf: [{ $ref: '#/components/schemas/Error' }],
    properties: { code: { enum: [...codes] } },
  }
  const schema = more === undefined ? error : { anyOf: [answerSchema(more), error] }
  return { description: codes.map((code) => `\`${code}\``).join(', '), content: json(schema) }
}

function json(schema: JsonObject): Content {
  return { 'application/json': { schema } }
}
