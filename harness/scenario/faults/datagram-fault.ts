// Faults of a link of datagrams (UDP), as a scenario says them. Shares are drawn from the seed, each datagram by itself.
import type { FaultMoment } from '../fault-moment.ts';

export const datagramLinks = ['driver-ingest-udp'] as const;
export type DatagramLink = (typeof datagramLinks)[number];

export type DatagramEffect =
  /** This share never arrives. */
  | { readonly effect: 'loss'; readonly share: number }
  /** This share arrives up to `withinMs` later, behind others. */
  | { readonly effect: 'reorder'; readonly share: number; readonly withinMs: number }
  /** This share arrives twice. */
  | { readonly effect: 'duplicate'; readonly share: number }
  /** One bit of this share is turned over. */
  | { readonly effect: 'corrupt'; readonly share: number };

export type DatagramFault = {
  readonly kind: 'datagrams';
  readonly name: string;
  readonly at: FaultMoment;
  readonly link: DatagramLink;
  readonly seconds: number;
} & DatagramEffect;
