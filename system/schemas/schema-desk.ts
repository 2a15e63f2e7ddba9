// Where the registry is changed: one change at a time, each with its audit.
import type { Access } from '../access/access-keys.ts';
import type { Evaluation, VersionBreak } from './evaluate.ts';
import type { RegisteredCast } from './registry.ts';
import type { PolicyRequest, RegisterRequest, RequestIssue, RetireRequest } from './schema-requests.ts';

export type Registered = {
  readonly kind: 'registered';
  /** The same was registered before. */
  readonly known: boolean;
  readonly upcast: RegisteredCast;
  readonly downcast: RegisteredCast;
  readonly breaks: readonly VersionBreak[];
};

export type Refused =
  | Exclude<Evaluation, { kind: 'fits' }>
  | { readonly kind: 'conflict' | 'full'; readonly message: string }
  | { readonly kind: 'missing'; readonly message: string };

export type SchemaDesk = {
  /** With `dry_run` nothing is written. Rejects with the database's error. */
  register(request: RegisterRequest, by: Access): Promise<Registered | Refused>;
  retire(request: RetireRequest, by: Access): Promise<{ readonly kind: 'retired'; readonly known: boolean } | Refused>;
  setPolicy(
    request: PolicyRequest,
    by: Access,
  ): Promise<{ readonly kind: 'set' } | { readonly kind: 'problems'; readonly problems: readonly RequestIssue[] }>;
};
