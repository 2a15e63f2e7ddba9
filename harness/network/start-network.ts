// Starts the process of the proxies and speaks to it. It is one that the reaper knows, and it ends by itself when the harness does.
import { fileURLToPath } from 'node:url';
import { extname, join } from 'node:path';
import { systemClock } from '../engine/clock.ts';
import { HarnessError } from '../engine/errors.ts';
import { within } from '../engine/within.ts';
import type { DatagramEffect } from '../scenario/faults/datagram-fault.ts';
import type { TcpEffect } from '../scenario/faults/network-fault.ts';
import type { ProcessRegistry } from '../stack/process-registry.ts';
import { spawnProcess } from '../stack/processes.ts';
import type { DatagramCounts } from './datagram-counts.ts';
import type { LinkCounts } from './link-counts.ts';
import type { FarPorts } from './tcp-link.ts';
import type { Address, AnswerLine, NetworkAnswer, NetworkRequest } from './protocol.ts';

export type Link<Effect, Counts> = {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Lays an effect on the link, beside those that lie there. Rejects with none left there. Disposing takes it away; rejects where it was gone already. */
  apply(effect: Effect, seed: number): Promise<AsyncDisposable>;
  counts(): Promise<Counts>;
  /** None for datagrams. */
  farPorts(): Promise<FarPorts>;
};

export type TcpLinkHandle = Link<TcpEffect, LinkCounts>;
export type UdpLinkHandle = Link<DatagramEffect, DatagramCounts>;

export type Network = AsyncDisposable & {
  readonly pid: number;
  openTcp(link: string, protocol: 'tcp' | 'postgres', to: Address): Promise<TcpLinkHandle>;
  openUdp(link: string, to: Address): Promise<UdpLinkHandle>;
};

export type NetworkOptions = { readonly registry: ProcessRegistry; readonly logFolder: string; readonly signal?: AbortSignal };

const program = fileURLToPath(new URL(`./process${extname(import.meta.url)}`, import.meta.url));
const readyWithinMs = 10_000;
const answerWithinMs = 5000;

/** Rejects with FL_NETWORK_FAILED. */
export const startNetwork = async ({ registry, logFolder, signal }: NetworkOptions): Promise<Network> => {
  const waiting = new Map<number, (line: AnswerLine) => void>();
  const spawned = await spawnProcess({
    command: process.execPath,
    args: [program],
    role: 'network',
    logFile: join(logFolder, 'network.log'),
    registry,
    pipeInput: true,
    onLine: (text) => hear(text, waiting),
    failure: 'FL_NETWORK_FAILED',
  });
  try {
    await spawned.ready(readyWithinMs, signal);
  } catch (error) {
    await spawned.stop();
    throw error;
  }
  let last = 0;
  const ask = async <Do extends NetworkRequest['do']>(
    request: Extract<NetworkRequest, { readonly do: Do }>,
  ): Promise<NetworkAnswer[Do]> => {
    const n = (last += 1);
    const answered = new Promise<AnswerLine>((resolve) => waiting.set(n, resolve));
    spawned.write(`${JSON.stringify({ n, ...request })}\n`);
    const line = await within(answered, answerWithinMs, systemClock);
    waiting.delete(n);
    if (line?.error === undefined && line !== null) return line.answer as NetworkAnswer[Do];
    const why = line?.error ?? `did not answer within ${answerWithinMs} ms`;
    throw new HarnessError('FL_NETWORK_FAILED', `the proxy process (${request.do} ${request.link}): ${why}; its log is ${spawned.logFile}`);
  };
  const handle = async <Effect extends TcpEffect | DatagramEffect, Counts extends LinkCounts | DatagramCounts>(
    link: string,
    protocol: 'tcp' | 'postgres' | 'udp',
    to: Address,
  ): Promise<Link<Effect, Counts>> => ({
    port: (await ask({ do: 'open', link, protocol, to })).port,
    apply: async (effect, seed) => {
      const id = last + 1;
      await ask({ do: 'apply', link, effect, id, seed }).catch(async (error: unknown) => {
        // It may lie on the link all the same: one that was not answered in time is laid later.
        await clear(link, id).catch(() => undefined);
        throw error;
      });
      return { [Symbol.asyncDispose]: () => clear(link, id) };
    },
    counts: async () => (await ask({ do: 'counts', link })) as Counts,
    farPorts: () => ask({ do: 'far-ports', link }),
  });
  const clear = async (link: string, id: number): Promise<void> => {
    const { lay } = await ask({ do: 'clear', link, id });
    if (!lay) throw new HarnessError('FL_NETWORK_FAILED', `effect ${id} did not lie on link ${link} any more`);
  };
  return {
    pid: spawned.pid,
    openTcp: handle<TcpEffect, LinkCounts>,
    openUdp: (link, to) => handle<DatagramEffect, DatagramCounts>(link, 'udp', to),
    [Symbol.asyncDispose]: () => spawned[Symbol.asyncDispose](),
  };
};

const hear = (text: string, waiting: ReadonlyMap<number, (line: AnswerLine) => void>): void => {
  const line = JSON.parse(text) as Partial<AnswerLine>;
  if (typeof line.n === 'number') waiting.get(line.n)?.(line as AnswerLine);
};
