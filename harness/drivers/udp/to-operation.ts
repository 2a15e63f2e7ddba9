// An event that went in a datagram as one line of the history. Nobody answers a datagram: that it was sent is all that is ever known.
import type { Operation } from '../../history/operation.ts';
import { type Handed, handedFields } from '../to-operation.ts';

/** `sent`: the kernel took it. `refused`: it did not, so that nobody can have it. */
export type DatagramEnd =
  | { readonly kind: 'sent'; readonly datagram: NonNullable<Operation['datagram']> }
  | { readonly kind: 'refused'; readonly code: string; readonly datagram?: NonNullable<Operation['datagram']> };

export const toDatagramOperation = (handed: Handed, end: DatagramEnd, doneAt: number): Operation => ({
  ...handedFields(handed, doneAt),
  outcome: end.kind === 'sent' ? 'unknown' : 'failed',
  status: null,
  code: end.kind === 'sent' ? null : end.code,
  retryAfterSeconds: null,
  id: null,
  duplicate: null,
  // A datagram carries no trace.
  traceId: null,
  ...(end.datagram === undefined ? {} : { datagram: end.datagram }),
});
