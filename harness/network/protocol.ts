// What the harness and the process of the proxies say to each other: one JSON object a line, each request with a number that its answer carries.
import type { TcpEffect } from '../scenario/faults/network-fault.ts';
import type { DatagramEffect } from '../scenario/faults/datagram-fault.ts';
import type { DatagramCounts } from './datagram-counts.ts';
import type { LinkCounts } from './link-counts.ts';
import type { FarPorts } from './tcp-link.ts';

export type Address = { readonly host: string; readonly port: number };

export type NetworkRequest =
  | { readonly do: 'open'; readonly link: string; readonly protocol: 'tcp' | 'postgres' | 'udp'; readonly to: Address }
  | { readonly do: 'apply'; readonly link: string; readonly effect: TcpEffect | DatagramEffect; readonly id: number; readonly seed: number }
  | { readonly do: 'clear'; readonly link: string; readonly id: number }
  | { readonly do: 'counts'; readonly link: string }
  | { readonly do: 'far-ports'; readonly link: string };

export type NetworkAnswer = {
  readonly open: { readonly port: number };
  readonly apply: null;
  readonly clear: { readonly lay: boolean };
  readonly counts: LinkCounts | DatagramCounts;
  readonly 'far-ports': FarPorts;
};

export type Numbered<Body> = Body & { readonly n: number };
export type AnswerLine = { readonly n: number; readonly answer?: unknown; readonly error?: string };
