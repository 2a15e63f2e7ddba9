// What sending needs to know, of one event and of several together.
import type { Playing } from '../play-plan.ts';
import type { Maker } from '../prepare-ahead.ts';
import type { Connections } from './connections.ts';
import type { Dialect } from '../dialect.ts';
import type { DriverJob } from './protocol.ts';
import type { MadeRequest } from '../request-maker.ts';
import type { Retrier } from './retrier.ts';
import type { Reply } from '../reply.ts';
import type { Sent } from './send.ts';

/** A request that has no end yet: since when, in milliseconds of the run; `sent` is null until there is a connection for it. */
export type InFlight = { readonly since: number; sent: Sent | null; readonly end: (reply: Reply) => void };

export type Sending = Playing & {
  readonly job: DriverJob;
  /** How answers are read; it never throws. */
  readonly dialect: Pick<Dialect, 'answer'>;
  readonly requestOf: Maker<MadeRequest>;
  readonly connections: Connections;
  readonly retrier: Retrier;
  /** Oldest first. */
  readonly inFlight: Set<InFlight>;
};
