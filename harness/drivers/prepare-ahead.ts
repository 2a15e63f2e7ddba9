// What is sent, made before the traffic begins: what a body, its hash and its headers cost is then not paid while the clock runs, beside a target on the same cores.
import type { PlannedOperation } from '../traffic/planned-operation.ts';

export type Maker<Made> = (planned: PlannedOperation) => Made;

/** What is beyond is made when it is due, so that a long plan does not fill the memory. */
const mostBytes = 64 * 2 ** 20;
/** Of headers, hash and objects beside the body. */
const overheadBytes = 512;

/** Each is given once and forgotten. An attempt after the first has a number of its own, and is made when it is due. */
export const prepareAhead = <Made extends { readonly body: Buffer }>(
  operations: readonly PlannedOperation[],
  make: Maker<Made>,
  limitBytes = mostBytes,
): Maker<Made> => {
  const ahead = new Map<number, Made>();
  let bytes = 0;
  for (const planned of operations) {
    if (bytes >= limitBytes) break;
    const made = make(planned);
    bytes += made.body.length + overheadBytes;
    ahead.set(planned.op, made);
  }
  return (planned) => {
    const made = ahead.get(planned.op);
    ahead.delete(planned.op);
    return made ?? make(planned);
  };
};
