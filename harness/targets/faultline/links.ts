// The links of faultline that faults lie on: a proxy joins their ends, and whoever connects is given its address. Where no fault lies on a link
// there is no proxy in it, and the target runs as it always does.
import { startNetwork, type NetworkOptions } from '../../network/start-network.ts';
import type { NetworkLink } from '../../scenario/faults/network-fault.ts';
import type { ProcessRole } from '../../scenario/scenario.ts';
import type { UdpLinkHandle } from '../../network/start-network.ts';
import type { TargetLink } from '../target.ts';

export type Links = AsyncDisposable & {
  readonly all: readonly TargetLink[];
  readonly pid: number | null;
  /** The database as a process of this role is to find it. */
  databaseUrlFor(role: ProcessRole): string;
  /** Ingest as the driver is to find it; opened once it is known where ingest listens. */
  openIngest(ingestUrl: string): Promise<string>;
  /** A proxy before its door for datagrams; null where none was asked for. */
  openDatagrams(port: number): Promise<UdpLinkHandle | null>;
};

export type WantedLinks = { readonly links: readonly NetworkLink[]; readonly datagrams: boolean };

/** Rejects with FL_NETWORK_FAILED, and leaves nothing behind. */
export const openLinks = async (
  { links: wanted, datagrams }: WantedLinks,
  databaseUrl: string,
  options: NetworkOptions,
): Promise<Links> => {
  if (wanted.length === 0 && !datagrams) return noLinks(databaseUrl);
  const network = await startNetwork(options);
  const all: TargetLink[] = [];
  const open = async (name: NetworkLink, url: string, protocol: TargetLink['protocol']): Promise<void> => {
    const { hostname: host, port } = new URL(url);
    const proxy = await network.openTcp(name, protocol === 'postgres' ? 'postgres' : 'tcp', { host, port: Number(port) });
    all.push({ name, protocol, proxy, url: withPort(url, proxy.port) });
  };
  const urlOf = (name: NetworkLink): string | undefined => all.find((link) => link.name === name)?.url;
  try {
    for (const name of wanted) if (name !== 'driver-ingest') await open(name, databaseUrl, 'postgres');
  } catch (error) {
    await network[Symbol.asyncDispose]();
    throw error;
  }
  return {
    all,
    pid: network.pid,
    databaseUrlFor: (role) => urlOf(`${role}-database`) ?? databaseUrl,
    openIngest: async (ingestUrl) => {
      if (wanted.includes('driver-ingest')) await open('driver-ingest', ingestUrl, 'http');
      return urlOf('driver-ingest') ?? ingestUrl;
    },
    openDatagrams: async (port) => (datagrams ? network.openUdp('driver-ingest-udp', { host: '127.0.0.1', port }) : null),
    [Symbol.asyncDispose]: () => network[Symbol.asyncDispose](),
  };
};

const noLinks = (databaseUrl: string): Links => ({
  all: [],
  pid: null,
  databaseUrlFor: () => databaseUrl,
  openIngest: (ingestUrl) => Promise.resolve(ingestUrl),
  openDatagrams: () => Promise.resolve(null),
  [Symbol.asyncDispose]: () => Promise.resolve(),
});

const withPort = (url: string, port: number): string => {
  const changed = new URL(url);
  changed.port = String(port);
  return changed.pathname === '/' ? changed.origin : changed.href;
};
