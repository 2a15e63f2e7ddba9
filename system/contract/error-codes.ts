// The closed list of stable codes in `{"error": {"code", "message", "details"?}}`, with what each promises.
// docs/errors.md is held equal to this table by a test.

export type Outcome = 'definite' | 'indefinite';

export type ErrorCode = {
  readonly status: number;
  /** definite: nothing was stored. indefinite: it may have been; safe to retry with the same id. */
  readonly outcome: Outcome;
  readonly retryable: boolean;
  readonly meaning: string;
};

const code = (status: number, outcome: Outcome, retryable: boolean, meaning: string): ErrorCode => ({
  status,
  outcome,
  retryable,
  meaning,
});

export const errorCodes = {
  invalid_json: code(400, 'definite', false, 'The body is not JSON, or not UTF-8.'),
  invalid_event: code(400, 'definite', false, 'A field is missing, of the wrong type, too long, or unknown; `details` lists each place.'),
  invalid_cloudevent: code(
    400,
    'definite',
    false,
    'An attribute of a CloudEvent is missing, of the wrong type, too long, twice there, or wrongly encoded; `details` lists each place.',
  ),
  hostile_text: code(400, 'definite', false, 'A string holds U+0000 or a lone surrogate, which no store of ours could give back.'),
  too_deep: code(400, 'definite', false, 'Nested deeper than the limit.'),
  number_out_of_range: code(400, 'definite', false, 'A number has more digits or a larger exponent than can be stored without loss.'),
  invalid_idempotency_key: code(
    400,
    'definite',
    false,
    'The Idempotency-Key header is empty, too long, given on a batch, or differs from `id`.',
  ),
  invalid_metadata: code(
    400,
    'definite',
    false,
    'The metadata does not fit the schema that is registered for the event and its version, and such are refused; `details` lists each place.',
  ),
  unknown_schema: code(
    400,
    'definite',
    false,
    'No schema is registered for the event, or for the version that it says, or it says none, and such are refused.',
  ),
  unsupported_content_type: code(400, 'definite', false, 'The content type or encoding is not one that this door takes.'),
  invalid_encoding: code(400, 'definite', false, 'The body is not what its Content-Encoding says: broken, cut off, or more follows it.'),
  invalid_request: code(400, 'definite', false, 'The request is not HTTP/1.1 that can be read: line, headers, length or framing.'),
  invalid_datagram: code(400, 'definite', false, 'The head of a datagram does not fit the contract: none of its events was taken.'),
  damaged_datagram: code(400, 'definite', false, 'The checksum of a datagram is not that of its bytes: none of its events was taken.'),
  headers_too_large: code(431, 'definite', false, 'The request line and headers are over 16 KiB.'),
  request_timeout: code(408, 'definite', true, 'The request did not arrive whole in time: nothing was stored.'),
  empty_batch: code(400, 'definite', false, 'A batch without an event.'),
  unauthenticated: code(
    401,
    'definite',
    false,
    'An API key is needed, and there is none, or one that is not known, has expired or was revoked. Nothing was stored.',
  ),
  forbidden: code(403, 'definite', false, 'The API key has not the scope that this route asks for. Nothing was stored.'),
  invalid_query: code(400, 'definite', false, 'A query parameter is unknown, malformed or out of range; `details` says which.'),
  invalid_recovery: code(
    400,
    'definite',
    false,
    'What was asked of dead letters is not understood, or contradicts itself; `details` lists each place.',
  ),
  recovery_conflict: code(
    409,
    'definite',
    false,
    'A dead letter of the selection waits for the rules of another fix, which the message names: nothing was asked for. Wait until it is done.',
  ),
  invalid_schema: code(
    400,
    'definite',
    false,
    'What was asked of the registry of schemas is not understood, or is no schema, cast or policy that it takes; `details` lists each place.',
  ),
  schema_conflict: code(
    409,
    'definite',
    false,
    'That version is registered with another content, or a higher one is: versions never change, and only go up.',
  ),
  registry_full: code(
    409,
    'definite',
    false,
    'The tenant has as many schemas, or as many bytes of them, as it may have; the message says how many. Nothing was registered.',
  ),
  schema_incompatible: code(
    409,
    'definite',
    false,
    'The schema breaks what its compatibility promises; `details` lists each break with its place, and a value that shows it where one was found.',
  ),
  invalid_import: code(
    400,
    'definite',
    false,
    'What was asked of an import is not understood, or contradicts itself; `details` lists each place.',
  ),
  import_conflict: code(
    409,
    'definite',
    false,
    'The name is that of another file, the file came before under another name, or the import is over.',
  ),
  invalid_operation: code(
    400,
    'definite',
    false,
    'What an operator asked for is not understood, or contradicts itself; `details` lists each place.',
  ),
  operation_refused: code(
    409,
    'definite',
    false,
    'What an operator asked for can not be done as things stand; the message says why, and what would allow it. It is on record.',
  ),
  request_id_conflict: code(
    409,
    'definite',
    false,
    'The request id was used before, for another request: nothing was done. Send another request under another UUID.',
  ),
  invalid_consumer: code(400, 'definite', false, 'What was asked of a consumer is not understood; `details` lists each place.'),
  not_found: code(404, 'definite', false, 'No such event, object or route.'),
  method_not_allowed: code(405, 'definite', false, 'The route exists, but not with this method.'),
  idempotency_conflict: code(409, 'definite', false, 'The same identity was appended before with another body.'),
  checkpoint_refused: code(
    409,
    'definite',
    false,
    'A checkpoint of a consumer was not moved: its lane was taken since (`fenced`), or stands elsewhere. `details` has every lane; the others were moved.',
  ),
  too_many_consumers: code(409, 'definite', false, 'There are as many consumers, or instances of one, as there may be.'),
  position_gone: code(
    410,
    'definite',
    false,
    'Retention has dropped events that come after the position; `details` has the low-water mark of the lane.',
  ),
  payload_too_large: code(413, 'definite', false, 'The body, or one event of a batch, is over its limit.'),
  quota_exceeded: code(
    429,
    'definite',
    true,
    'The tenant sends more events or bytes a second than its quota: nothing was stored. Wait for Retry-After, or `retry_after_seconds` of an item.',
  ),
  storage_quota_exceeded: code(
    429,
    'definite',
    true,
    'The log holds as many bytes of the tenant as its quota allows: nothing was stored. Retry-After is when that is looked at again.',
  ),
  overloaded: code(503, 'definite', true, 'The byte-bounded queue is full: nothing was stored. Wait for Retry-After.'),
  disk_budget_used: code(
    503,
    'definite',
    true,
    'The database takes all of the disk that it may (FAULTLINE_DISK_BUDGET_BYTES): nothing was stored.',
  ),
  too_many_readers: code(503, 'definite', true, 'As many readers wait, stream or export as this process takes. Wait for Retry-After.'),
  shutting_down: code(503, 'definite', true, 'The process is stopping: nothing was stored. Retry at once elsewhere.'),
  storage_unavailable: code(503, 'definite', true, 'The database could not be reached before a commit was tried: nothing was stored.'),
  commit_unknown: code(
    503,
    'indefinite',
    true,
    'A commit was tried and its answer did not come: it may have been stored. Retry with the same id.',
  ),
  internal: code(500, 'indefinite', true, 'A defect of ours. It is logged with its trace id.'),
} as const satisfies Record<string, ErrorCode>;

export type ErrorCodeName = keyof typeof errorCodes;

export type ErrorBody = { readonly error: { readonly code: ErrorCodeName; readonly message: string; readonly details?: unknown } };
