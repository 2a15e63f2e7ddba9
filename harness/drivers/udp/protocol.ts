// What the harness tells the UDP driver's process to do, and what it says at its end.
import type { BatchPolicy } from '../../scenario/scenario.ts';
import type { PlannedJob } from '../driver-process.ts';
import type { DriverSummary } from '../progress.ts';
import type { Sender } from './datagram.ts';

export type UdpJob = PlannedJob & {
  readonly type: 'job';
  /** On this machine, as an address of IPv4. */
  readonly to: { readonly host: string; readonly port: number };
  readonly historyFile: string;
  /** This start of the producers: no two processes, and no two runs, have the same. */
  readonly boot: string;
  /** Events in one datagram; null: each has one of its own. */
  readonly batch: BatchPolicy | null;
};

/** What a producer sent in all; the same stands in its high-water mark. */
export type SenderTotals = Sender & {
  readonly datagrams: number;
  readonly events: number;
  /** Of the datagrams: not taken by the kernel on this side, so that the other side must miss them. */
  readonly refused: number;
};

export type UdpSummary = DriverSummary & {
  readonly senders: readonly SenderTotals[];
  /** Share of the datagrams that waited because the kernel took no more. */
  readonly blockedRatio: number;
  /** High-water marks that were sent, all copies counted. */
  readonly marks: number;
};
