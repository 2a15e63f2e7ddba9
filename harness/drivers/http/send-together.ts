// Events gathered into batches. What goes together is known only when it goes; the bodies of its events and their hashes were made before.
import type { BatchPolicy } from '../../scenario/scenario.ts';
import type { PlannedOperation } from '../../traffic/planned-operation.ts';
import { type Batcher, createBatcher, timerAfter } from '../batcher.ts';
import type { Player } from '../play-plan.ts';
import { type Packed, repliesOf, requestOfBatch, togetherAgain } from './parcel.ts';
import type { Reply } from '../reply.ts';
import { send } from './send.ts';
import type { InFlight, Sending } from './sending.ts';
import { toOperation } from '../to-operation.ts';

/** `ended`: no further attempt follows. */
type Underway = Packed & { readonly ended: () => void };

/** A marked event begins its batch, for a request has one trace and the system carries it on for the first few events alone. */
export const createBatches = (policy: BatchPolicy, sending: Sending): Player['hand'] => {
  const batcher: Batcher<Underway> = createBatcher({
    policy,
    mustBeFirst: ({ planned }) => planned.traceId !== null,
    send: (events) => deliver(events, sending),
    after: timerAfter,
  });
  return (planned, ended) => batcher.add(pack(planned, ended, sending));
};

const pack = (planned: PlannedOperation, ended: () => void, { requestOf, now, tally }: Sending): Underway => {
  const { body, bodySha256 } = requestOf(planned);
  const handedAt = now();
  tally.handed(handedAt - planned.intendedAtMs);
  return { planned, body, bodySha256, bodyBytes: body.length, handedAt, ended };
};

const deliver = (events: readonly Underway[], sending: Sending): void => {
  const request = requestOfBatch(events, new URL(sending.job.url).pathname);
  const end = (reply: Reply): void => {
    if (sending.inFlight.delete(entry)) conclude(events, repliesOf(events.length, reply), sending);
  };
  const entry: InFlight = { since: sending.now(), sent: null, end };
  sending.inFlight.add(entry);
  sending.connections.lease((client, release) => {
    if (!sending.inFlight.has(entry)) release();
    else entry.sent = send(client, request, end, release, keptBytesOf(events.length));
  });
};

/** What is worth another attempt goes together again, as it came. */
const conclude = (events: readonly Underway[], replies: readonly Reply[], sending: Sending): void => {
  const doneAt = sending.now();
  const again = events.flatMap((packed, index) => {
    const operation = toOperation(packed, replies[index] as Reply, doneAt, sending.job.definiteRefusals, sending.dialect);
    sending.tally.ended(operation);
    sending.history.add(operation);
    const next = sending.retrier(packed.planned, operation);
    if (next === null) packed.ended();
    return next === null ? [] : [{ ...next, ended: packed.ended }];
  });
  if (again.length === 0) return;
  const { attempts, waitMs } = togetherAgain(again);
  setTimeout(
    () =>
      deliver(
        attempts.map(({ planned, ended }) => pack(planned, ended, sending)),
        sending,
      ),
    waitMs,
  );
};

/** The answer to a batch has an element for each event. */
const keptBytesOf = (events: number): number => 65_536 + events * 1024;
