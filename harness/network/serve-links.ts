// Answers the requests of the harness: opens links, lays effects on them and takes them away. Knows nothing of processes and pipes.
import type { DatagramEffect } from '../scenario/faults/datagram-fault.ts';
import type { TcpEffect } from '../scenario/faults/network-fault.ts';
import type { NetworkRequest } from './protocol.ts';
import { type FarPorts, openTcpLink, type TcpLink } from './tcp-link.ts';
import type { Timers } from './timers.ts';
import { openUdpLink, type UdpLink } from './udp-link.ts';

type OpenLink = { readonly is: 'tcp'; readonly link: TcpLink } | { readonly is: 'udp'; readonly link: UdpLink };

export type LinkServer = AsyncDisposable & {
  /** Rejects with what was wrong. */
  serve(request: NetworkRequest): Promise<unknown>;
};

const noPorts: FarPorts = { open: [], swallowed: [] };

export const createLinkServer = (timers: Timers): LinkServer => {
  const links = new Map<string, OpenLink>();
  const find = (name: string): OpenLink => {
    const found = links.get(name);
    if (found === undefined) throw new Error(`there is no link ${name}; there are ${[...links.keys()].join(', ') || 'none'}`);
    return found;
  };
  const open = async ({ link: name, protocol, to }: Extract<NetworkRequest, { do: 'open' }>) => {
    if (links.has(name)) throw new Error(`link ${name} is open already`);
    const opened: OpenLink =
      protocol === 'udp'
        ? { is: 'udp', link: await openUdpLink({ to, timers }) }
        : { is: 'tcp', link: await openTcpLink({ to, protocol, timers }) };
    links.set(name, opened);
    return { port: opened.link.port };
  };
  const apply = ({ link: name, id, effect, seed }: Extract<NetworkRequest, { do: 'apply' }>): null => {
    const { is, link } = find(name);
    if (is === 'udp') link.apply(id, effect as DatagramEffect, seed);
    else link.apply(id, effect as TcpEffect, seed);
    return null;
  };
  return {
    serve: async (request) => {
      switch (request.do) {
        case 'open':
          return open(request);
        case 'apply':
          return apply(request);
        case 'clear':
          return { lay: find(request.link).link.clear(request.id) };
        case 'counts':
          return find(request.link).link.counts();
        case 'far-ports': {
          const { is, link } = find(request.link);
          return is === 'tcp' ? link.farPorts() : noPorts;
        }
      }
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...links.values()].map(({ link }) => link[Symbol.asyncDispose]()));
    },
  };
};
