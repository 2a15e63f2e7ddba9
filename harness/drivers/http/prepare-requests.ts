// Requests made before the traffic begins: what a body, its hash and its headers cost is then not paid while the clock runs, beside a target on the same cores.
import type { PlannedOperation } from '../../traffic/planned-operation.ts';
import type { DeliveryRequest } from './dialect.ts';

export type MadeRequest = DeliveryRequest & { readonly bodySha256: string };
export type RequestMaker = (planned: PlannedOperation) => MadeRequest;

/** What is beyond is made when it is due, so that a long plan does not fill the memory. */
const mostBytes = 64 * 2 ** 20;
/** Of headers, hash and objects beside the body. */
const overheadBytes = 512;

/** Each is given once and forgotten. An attempt after the first has a number of its own, and is made when it is due. */
export const prepareRequests = (operations: readonly PlannedOperation[], make: RequestMaker, limitBytes = mostBytes): RequestMaker => {
  const ahead = new Map<number, MadeRequest>();
  let bytes = 0;
  for (const planned of operations) {
    if (bytes >= limitBytes) break;
    const request = make(planned);
    bytes += request.body.length + overheadBytes;
    ahead.set(planned.op, request);
  }
  return (planned) => {
    const request = ahead.get(planned.op);
    ahead.delete(planned.op);
    return request ?? make(planned);
  };
};
