import type { z } from 'zod'
import type { API_ROUTES, ApiRoute } from '../../protocol/api-routes.ts'

type Shape<Route extends ApiRoute> = (typeof API_ROUTES)[Route]

/** One part of what a route is given, as a member; no member where the route has no such part. */
type Part<Route extends ApiRoute, Name extends 'params' | 'query' | 'body'> =
  Shape<Route> extends { readonly [Key in Name]: infer Schema extends z.ZodType }
    ? Given<Name, z.infer<Schema>>
    : object

/** A part of which nothing has to be said may be left out. */
type Given<Name extends string, Value> = object extends Value
  ? { readonly [Key in Name]?: Value }
  : { readonly [Key in Name]: Value }

/** What a route is given. A query has values here; its text is made of them. */
export type ApiAsk<Route extends ApiRoute> = Part<Route, 'params'> &
  Part<Route, 'query'> &
  Part<Route, 'body'>

export type ApiAnswer<Route extends ApiRoute> = z.infer<Shape<Route>['answer']>

/** The routes that answer in pages. */
export type PagedRoute = {
  [Route in ApiRoute]: ApiAnswer<Route> extends { nextCursor: string | null } ? Route : never
}[ApiRoute]

type Lists<Answer> = { [Name in keyof Answer]: Answer[Name] extends readonly (infer Item)[] ? Item : never }

/** What the pages of a route hold. */
export type ApiItem<Route extends PagedRoute> = Lists<ApiAnswer<Route>>[keyof ApiAnswer<Route>]
