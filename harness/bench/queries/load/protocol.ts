// What the bench and its load process tell each other: one job in, one result out, as JSON lines.

import type { FleetContents } from '../fleet/fleet.ts';

export type Encoding = 'json' | 'protobuf';

export type LoadJob = {
  /** Of the metrics: …/v1/metrics. */
  readonly url: string;
  /** Of the receiving process: whose CPU is counted. */
  readonly receiverPid: number;
  readonly contents: FleetContents;
  readonly seed: number;
  /** Epoch milliseconds of the first export. */
  readonly fromMs: number;
  /** One after the other; each goes on where the one before it ended. One export of each process a second. */
  readonly stretches: readonly { readonly encoding: Encoding; readonly seconds: number }[];
  readonly connections: number;
};

/** Making the bodies is not in it: only handing them over and waiting for the answers. */
export type LoadedStretch = {
  readonly encoding: Encoding;
  readonly contents: FleetContents;
  readonly samples: number;
  readonly points: number;
  readonly requests: number;
  readonly bytes: number;
  readonly wallSeconds: number;
  readonly receiverCpuSeconds: number;
  readonly senderCpuSeconds: number;
};

export type FromLoader =
  | { readonly type: 'done'; readonly stretches: readonly LoadedStretch[] }
  | { readonly type: 'failed'; readonly message: string };
