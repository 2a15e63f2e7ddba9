// An event in a request of its own. This is the hot path of nearly every run, beside a target on the same cores: nothing is made here that can be made before.
import type { PlannedOperation } from '../../traffic/planned-operation.ts';
import type { Reply } from '../reply.ts';
import { send } from './send.ts';
import type { InFlight, Sending } from './sending.ts';
import { toOperation } from '../to-operation.ts';

/** `ended` is called once no further attempt follows. */
export const sendAlone = (planned: PlannedOperation, sending: Sending, ended: () => void): void => {
  const { path, headers, body, bodySha256 } = sending.requestOf(planned);
  const handedAt = sending.now();
  const end = (reply: Reply): void => {
    if (!sending.inFlight.delete(entry)) return;
    const operation = toOperation(
      { planned, bodySha256, bodyBytes: body.length, handedAt },
      reply,
      sending.now(),
      sending.job.definiteRefusals,
      sending.dialect,
    );
    sending.tally.ended(operation);
    sending.history.add(operation);
    const again = sending.retrier(planned, operation);
    if (again === null) ended();
    else setTimeout(() => sendAlone(again.planned, sending, ended), again.waitMs);
  };
  const entry: InFlight = { since: handedAt, sent: null, end };
  sending.inFlight.add(entry);
  sending.tally.handed(handedAt - planned.intendedAtMs);
  sending.connections.lease((client, release) => {
    if (!sending.inFlight.has(entry)) release();
    else entry.sent = send(client, { path, headers, body }, end, release);
  });
};
