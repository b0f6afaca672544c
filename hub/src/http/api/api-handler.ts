import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { API_ROUTES, ApiRoute } from '@holdfast/shared/protocol/api-routes'
import type { z } from 'zod'
import type { Caller } from '../../auth/caller.ts'
import type { DoorContext } from '../door-env.ts'

type Shape<Route extends ApiRoute> = (typeof API_ROUTES)[Route]

/** What a part of a route is once it is read; undefined where the route has none. */
type Part<Route extends ApiRoute, Name extends string> =
  Shape<Route> extends { readonly [Key in Name]: infer Schema extends z.ZodType }
    ? z.infer<Schema>
    : undefined

/** A request that was understood, of a caller who may make it. */
export interface Asked<Route extends ApiRoute> {
  /** Null on a route that needs no token. */
  readonly caller: Shape<Route>['role'] extends null ? null : Caller
  readonly params: Part<Route, 'params'>
  readonly query: Part<Route, 'query'>
  readonly body: Part<Route, 'body'>
  readonly c: DoorContext
}

/** A refusal with what else belongs to its code. */
export interface DetailedRefusal {
  readonly kind: 'detailed-refusal'
  readonly refusal: Refusal
  readonly more: object
}

/** What is answered is written out and not changed any more, so it may be what the store gave. */
type Unchanged<Value> = Value extends readonly (infer Item)[]
  ? readonly Unchanged<Item>[]
  : Value extends object
    ? { readonly [Name in keyof Value]: Unchanged<Value[Name]> }
    : Value

export type ApiAnswer<Route extends ApiRoute> = Unchanged<z.infer<Shape<Route>['answer']>>

export type ApiHandler<Route extends ApiRoute> = (
  asked: Asked<Route>,
) => Promise<ApiAnswer<Route> | Refusal | DetailedRefusal>

export type ApiHandlers<Route extends ApiRoute = ApiRoute> = { readonly [One in Route]: ApiHandler<One> }
