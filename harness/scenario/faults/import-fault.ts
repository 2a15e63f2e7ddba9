// A file of past events that is imported beside the traffic, and interrupted twice, as a scenario says it.
import type { FaultMoment } from '../fault-moment.ts';

/**
 * `lines` events are imported at `ratePerSecond` at most. After a quarter of them the importing client is killed (-9) and started again; after half of them the query
 * process, which appends them, is, and the client with it. Done within `seconds`, every line is in the history as one that was acknowledged.
 */
export type ImportFault = {
  readonly kind: 'import';
  readonly name: string;
  readonly at: FaultMoment;
  readonly seconds: number;
  readonly lines: number;
  readonly ratePerSecond: number;
};
