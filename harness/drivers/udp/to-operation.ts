// An event that went in a datagram as one line of the history. Nobody answers a datagram: that it was sent is all that is ever known.
import type { Operation } from '../../history/operation.ts';
import type { PlannedOperation } from '../../traffic/planned-operation.ts';

export type HandedDatagram = {
  readonly planned: PlannedOperation;
  readonly bodySha256: string;
  readonly bodyBytes: number;
  readonly handedAt: number;
};

/** `sent`: the kernel took it. `refused`: it did not, so that nobody can have it. */
export type DatagramEnd =
  | { readonly kind: 'sent'; readonly datagram: NonNullable<Operation['datagram']> }
  | { readonly kind: 'refused'; readonly code: string; readonly datagram?: NonNullable<Operation['datagram']> };

export const toDatagramOperation = (
  { planned, bodySha256, bodyBytes, handedAt }: HandedDatagram,
  end: DatagramEnd,
  doneAt: number,
): Operation => ({
  op: planned.op,
  event: planned.event,
  phase: planned.phase,
  systemName: planned.systemName,
  objectId: planned.objectId,
  eventName: planned.eventName,
  idempotencyKey: planned.idempotencyKey,
  sequence: planned.sequence,
  poison: planned.poison,
  delivery: planned.delivery,
  bodySha256,
  bodyBytes,
  intendedAt: planned.intendedAtMs,
  handedAt: round(handedAt),
  doneAt: round(doneAt),
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

/** To the microsecond. */
const round = (ms: number): number => Math.round(ms * 1000) / 1000;
