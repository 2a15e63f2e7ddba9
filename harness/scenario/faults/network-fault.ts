// Faults of the network between two parts, as a scenario says them. The parts are joined by a proxy of ours only where a scenario names the link.
import type { FaultMoment } from '../fault-moment.ts';

/** From whom to whom. Several processes of a role share one link. */
export const networkLinks = ['driver-ingest', 'ingest-database', 'worker-database', 'query-database'] as const;
export type NetworkLink = (typeof networkLinks)[number];

/** `up` is from the one who connects to the one who listens. */
export type Way = 'up' | 'down' | 'both';

export type TcpEffect =
  /** Bytes come `latencyMs` later, plus 0 to `jitterMs` drawn from the seed; order is kept. Both ways: a round trip takes twice that. */
  | { readonly effect: 'latency'; readonly latencyMs: number; readonly jitterMs?: number; readonly way?: Way }
  /** All connections of the link together get this much a way. */
  | { readonly effect: 'bandwidth'; readonly bytesPerSecond: number; readonly way?: Way }
  /** Connections are closed, and new ones closed as soon as they are there. */
  | { readonly effect: 'cut' }
  /** The far end of each connection goes away, and the near end is not told: what it sends is lost, until the healing resets it. New ones work. */
  | { readonly effect: 'half-open' }
  /** Connections are reset (RST), all at once; new ones work. */
  | { readonly effect: 'reset' }
  /** The end of a connection is told `delayMs` late. */
  | { readonly effect: 'slow-close'; readonly delayMs: number }
  /** Nothing comes through either way, and nobody is told; when healed, what was sent arrives, as TCP would have sent it again. */
  | { readonly effect: 'black-hole' }
  /**
   * PostgreSQL alone: a transaction commits, the answer is thrown away and the connection cut, so that the client can't know: `times` times.
   * Without `statement` it is the answer to COMMIT; with it, that to a statement which contains these words and commits by itself.
   * For `refuseForMs` afterwards nobody can connect: longer than the client's patience, and it can't find out by asking again.
   */
  | { readonly effect: 'swallow-commit'; readonly times: number; readonly statement?: string; readonly refuseForMs?: number };

export type NetworkFault = {
  readonly kind: 'network';
  readonly name: string;
  readonly at: FaultMoment;
  readonly link: NetworkLink;
  readonly seconds: number;
} & TcpEffect;
