/** Whether sending the same again can help: after how long, or after doing what. */
export type Retry = 'never' | 'backoff' | 'refetch' | 'resync' | 'same-mutation'

/** The one table of error codes. The code is the contract; the text beside it is for people. */
export const ERRORS = {
  // What was asked for is not there, or not the caller's.
  session_not_found: { http: 404, retry: 'never' },
  machine_not_found: { http: 404, retry: 'never' },
  token_not_found: { http: 404, retry: 'never' },
  device_not_found: { http: 404, retry: 'never' },
  run_not_found: { http: 404, retry: 'never' },
  not_found: { http: 404, retry: 'never' },
  // Who asks, and from where.
  unauthorized: { http: 401, retry: 'never' },
  access_denied: { http: 403, retry: 'never' },
  host_not_allowed: { http: 403, retry: 'never' },
  origin_not_allowed: { http: 403, retry: 'never' },
  // How it was asked.
  method_not_allowed: { http: 405, retry: 'never' },
  unsupported_media_type: { http: 415, retry: 'never' },
  invalid_json: { http: 400, retry: 'never' },
  // Somebody else was first.
  version_mismatch: { http: 409, retry: 'refetch' },
  id_taken: { http: 409, retry: 'never' },
  already_local: { http: 409, retry: 'never' },
  resume_unavailable: { http: 409, retry: 'never' },
  confirmation_required: { http: 409, retry: 'never' },
  run_in_progress: { http: 409, retry: 'backoff' },
  lease_lost: { http: 410, retry: 'never' },
  identity_mismatch: { http: 409, retry: 'never' },
  resume_failed: { http: 409, retry: 'never' },
  runner_unable: { http: 409, retry: 'never' },
  mutation_reused: { http: 422, retry: 'never' },
  // What was sent can not be stored.
  invalid_metadata: { http: 422, retry: 'never' },
  invalid_patch: { http: 422, retry: 'never' },
  invalid_field: { http: 422, retry: 'never' },
  invalid_request: { http: 400, retry: 'never' },
  invalid_version: { http: 422, retry: 'never' },
  protected_field: { http: 422, retry: 'never' },
  unknown_flavor: { http: 422, retry: 'never' },
  forbidden_key: { http: 422, retry: 'never' },
  key_too_long: { http: 422, retry: 'never' },
  too_many_keys: { http: 422, retry: 'never' },
  too_deep: { http: 422, retry: 'never' },
  too_large: { http: 413, retry: 'never' },
  // What is stored stands in the way.
  field_damaged: { http: 409, retry: 'never' },
  history_pruned: { http: 410, retry: 'never' },
  not_restorable: { http: 409, retry: 'never' },
  version_exhausted: { http: 409, retry: 'never' },
  too_far_behind: { http: 410, retry: 'resync' },
  // Whom the hub would have to ask.
  no_machine_online: { http: 503, retry: 'backoff' },
  no_answer: { http: 503, retry: 'backoff' },
  // The hub.
  rate_limited: { http: 429, retry: 'backoff' },
  shutting_down: { http: 503, retry: 'backoff' },
  // The client, before anything reached the hub.
  hub_unreachable: { http: 503, retry: 'backoff' },
  client_closed: { http: 499, retry: 'never' },
  // The store.
  overloaded: { http: 503, retry: 'backoff' },
  storage_full: { http: 507, retry: 'backoff' },
  storage_busy: { http: 503, retry: 'backoff' },
  storage_error: { http: 503, retry: 'backoff' },
  outcome_unknown: { http: 503, retry: 'same-mutation' },
  store_stopped: { http: 503, retry: 'backoff' },
  // The database file, at start.
  database_locked: { http: 503, retry: 'never' },
  database_newer: { http: 503, retry: 'never' },
  database_damaged: { http: 503, retry: 'never' },
  database_foreign: { http: 503, retry: 'never' },
  database_missing: { http: 503, retry: 'never' },
  database_rolled_back: { http: 503, retry: 'never' },
  database_replaced: { http: 503, retry: 'never' },
  database_unusable: { http: 503, retry: 'never' },
  runtime_unsupported: { http: 503, retry: 'never' },
  file_exists: { http: 409, retry: 'never' },
  settings_invalid: { http: 500, retry: 'never' },
  usage: { http: 400, retry: 'never' },
  internal: { http: 500, retry: 'backoff' },
} as const satisfies Record<string, { http: number; retry: Retry }>

export type ErrorCode = keyof typeof ERRORS
