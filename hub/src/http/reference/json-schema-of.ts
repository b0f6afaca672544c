import { isJsonObject, type Json, type JsonObject } from '@holdfast/shared/metadata/json'
import { addDeviceAnswer } from '@holdfast/shared/protocol/http/add-device'
import { censusGroup } from '@holdfast/shared/protocol/http/census'
import { feedChange } from '@holdfast/shared/protocol/http/changes'
import { errorBody } from '@holdfast/shared/protocol/http/error-body'
import { machineRow } from '@holdfast/shared/protocol/http/machines'
import { patchSessionMetadataAnswer } from '@holdfast/shared/protocol/http/patch-session-metadata'
import { sessionView } from '@holdfast/shared/protocol/http/session-view'
import { sessionRow } from '@holdfast/shared/protocol/http/sessions'
import { actorSchema } from '@holdfast/shared/records/actor'
import { journalEntrySchema } from '@holdfast/shared/records/journal'
import { jsonSchema } from '@holdfast/shared/records/json-schema'
import { runRecordSchema } from '@holdfast/shared/records/run'
import { tokenRecordSchema } from '@holdfast/shared/records/token'
import { resumeFactsSchema } from '@holdfast/shared/resume/facts'
import { checkSchema, verdictSchema } from '@holdfast/shared/resume/verdict'
import { z } from 'zod'

/** The schemas that the document names, so that it shows them once. */
export const NAMED = {
  Error: errorBody,
  Session: sessionView,
  SessionRow: sessionRow,
  Verdict: verdictSchema,
  Check: checkSchema,
  ResumeFacts: resumeFactsSchema,
  Run: runRecordSchema,
  Token: tokenRecordSchema,
  Entry: journalEntrySchema,
  Change: feedChange,
  Written: patchSessionMetadataAnswer,
  CensusGroup: censusGroup,
  Machine: machineRow,
  Device: addDeviceAnswer.shape.device,
  Actor: actorSchema,
  Json: jsonSchema,
} as const satisfies Record<string, z.ZodType>

/** What a caller has to send. */
export function requestSchema(schema: z.ZodType): JsonObject {
  return plain(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }))
}

/** What a caller gets; named schemas are referred to. An answer may gain members, which its readers pass over. */
export function answerSchema(schema: z.ZodType): JsonObject {
  const { $defs: _definitions, ...answer } = withNames(schema)
  return answer
}

/** The named schemas by their names. */
export function namedSchemas(): JsonObject {
  const all = Object.values(NAMED).map((schema) => withNames(schema)['$defs'])
  return Object.assign({}, ...all) as JsonObject
}

function withNames(schema: z.ZodType): JsonObject {
  const names = z.registry<{ id: string }>()
  for (const [id, named] of Object.entries(NAMED)) names.add(named, { id })
  const found = z.toJSONSchema(schema, {
    io: 'output',
    unrepresentable: 'any',
    metadata: names,
    override({ jsonSchema: made }) {
      if (made.additionalProperties === false) delete made.additionalProperties
    },
  })
  return pointed(plain(found)) as JsonObject
}

/** As text first: what zod hands out carries members that are no JSON. */
function plain(schema: object): JsonObject {
  const { $schema: _dialect, ...rest } = JSON.parse(JSON.stringify(schema)) as JsonObject
  return rest
}

/** The document keeps its schemas in a place of its own. */
function pointed(value: Json): Json {
  if (Array.isArray(value)) return value.map(pointed)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) =>
      name === '$ref' && typeof member === 'string'
        ? [name, member.replace('#/$defs/', '#/components/schemas/')]
        : [name, pointed(member)],
    ),
  )
}
