// What the consumer API is, as data beside its handlers: from it requests are checked and OpenAPI is written. Its listings are routes as all others.
import type { TObject, TSchema } from 'typebox';
import type { ErrorCodeName } from '../../contract/error-codes.ts';
import {
  checkpointAnswer,
  checkpointBody,
  consumerPath,
  createBody,
  createdAnswer,
  instancePath,
  joinBody,
  membershipAnswer,
  readAnswer,
  readQuery,
  streamQuery,
} from '../schemas/consumer-schemas.ts';
import { noParameters } from '../schemas/parameters.ts';

export type ConsumerOperation<
  Path extends TObject = TObject,
  Query extends TObject = TObject,
  Body extends TObject | null = TObject | null,
> = {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly url: string;
  readonly summary: string;
  readonly path: Path;
  readonly query: Query;
  readonly body: Body;
  readonly answers: readonly { readonly status: number; readonly description: string; readonly type?: string; readonly schema?: TSchema }[];
  readonly errors: readonly ErrorCodeName[];
};

const define = <Path extends TObject, Query extends TObject, Body extends TObject | null>(
  operation: ConsumerOperation<Path, Query, Body>,
) => operation;

const ofBody = ['invalid_json', 'invalid_consumer', 'unsupported_content_type', 'payload_too_large'] as const;
const always = ['invalid_query', 'storage_unavailable', 'internal'] as const;

export const consumerOperations = {
  create: define({
    method: 'PUT',
    url: '/consumers/:consumer',
    summary: 'Makes a consumer; one that is there stays as it is.',
    path: consumerPath,
    query: noParameters,
    body: createBody,
    answers: [
      { status: 201, description: 'It is made.', schema: createdAnswer },
      { status: 200, description: 'It was there.', schema: createdAnswer },
    ],
    errors: [...ofBody, 'too_many_consumers', ...always],
  }),
  remove: define({
    method: 'DELETE',
    url: '/consumers/:consumer',
    summary: 'Removes a consumer, with its checkpoints.',
    path: consumerPath,
    query: noParameters,
    body: null,
    answers: [{ status: 204, description: 'It is gone.' }],
    errors: ['not_found', ...always],
  }),
  join: define({
    method: 'PUT',
    url: '/consumers/:consumer/instances/:instance',
    summary:
      'Joins those who share the lanes of a consumer, or renews: answers which lanes are its own, from which position, under which epoch.',
    path: instancePath,
    query: noParameters,
    body: joinBody,
    answers: [{ status: 200, description: 'Its lanes.', schema: membershipAnswer }],
    errors: ['not_found', ...ofBody, 'too_many_consumers', ...always],
  }),
  leave: define({
    method: 'DELETE',
    url: '/consumers/:consumer/instances/:instance',
    summary: 'Leaves: all of its lanes are free at once.',
    path: instancePath,
    query: noParameters,
    body: null,
    answers: [{ status: 204, description: 'It is gone.' }],
    errors: ['not_found', ...always],
  }),
  checkpoint: define({
    method: 'POST',
    url: '/consumers/:consumer/checkpoints',
    summary:
      'Moves checkpoints by compare-and-set, each lane by itself: refused where the epoch is not the lane’s, or the checkpoint not `from`.',
    path: consumerPath,
    query: noParameters,
    body: checkpointBody,
    answers: [{ status: 200, description: 'All of them stand where they were to stand.', schema: checkpointAnswer }],
    errors: ['not_found', ...ofBody, 'checkpoint_refused', ...always],
  }),
  read: define({
    method: 'GET',
    url: '/consumers/:consumer/events',
    summary: 'Events of one lane after a position, in order; waits where there are none yet (long poll).',
    path: consumerPath,
    query: readQuery,
    body: null,
    answers: [{ status: 200, description: 'What there is; none where the time was over.', schema: readAnswer }],
    errors: ['not_found', 'position_gone', 'too_many_readers', ...always],
  }),
  stream: define({
    method: 'GET',
    url: '/consumers/:consumer/stream',
    summary:
      'Events of some lanes, as server-sent events: `ready`, `event`, `position` (past what a filter left out), `end` with a reason; `id` is the position of each lane.',
    path: consumerPath,
    query: streamQuery,
    body: null,
    answers: [{ status: 200, description: 'The stream.', type: 'text/event-stream' }],
    errors: ['not_found', 'position_gone', 'too_many_readers', ...always],
  }),
} as const;
