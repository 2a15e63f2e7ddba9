// What is sent, as plain data: it goes to the worker processes as JSON, and load.json keeps it without the values of headers, which may be secrets.
import type { Traffic } from '../../scenario/scenario.ts';

export type BatchKind = 'json' | 'ndjson';

export type RequestSource = {
  readonly method: string;
  /** Origin, path and query; the path and the query may hold placeholders. */
  readonly origin: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Null: none is sent. */
  readonly body: string | null;
  readonly keys: Traffic['keys'];
  /** Items of the body in one request, joined as a JSON array or as lines; null: the body is sent as it is. */
  readonly batch: { readonly items: number; readonly as: BatchKind } | null;
};
