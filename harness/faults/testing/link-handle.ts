// For tests of faults: a link in this process, instead of in the process of the proxies.
import type { TcpLinkHandle, UdpLinkHandle } from '../../network/start-network.ts';
import type { TcpLink } from '../../network/tcp-link.ts';
import type { UdpLink } from '../../network/udp-link.ts';

/** `deaf`: it takes effects and does nothing, as a broken injector. */
export const handleOf = (link: TcpLink, deaf = false): TcpLinkHandle => ({
  ...switchOf(
    (id, effect: Parameters<TcpLinkHandle['apply']>[0], seed) => link.apply(id, effect, seed),
    (id) => link.clear(id),
    deaf,
  ),
  port: link.port,
  counts: () => Promise.resolve(link.counts()),
  farPorts: () => Promise.resolve(link.farPorts()),
});

/** Of datagrams, which have no ends. */
export const datagramHandleOf = (link: UdpLink, deaf: boolean): UdpLinkHandle => ({
  ...switchOf(
    (id, effect: Parameters<UdpLinkHandle['apply']>[0], seed) => link.apply(id, effect, seed),
    (id) => link.clear(id),
    deaf,
  ),
  port: link.port,
  counts: () => Promise.resolve(link.counts()),
  farPorts: () => Promise.resolve({ open: [], swallowed: [] }),
});

/** Effects are numbered, as the process of the proxies numbers them, so that each is taken away by itself. */
const switchOf = <Effect, Seed>(put: (id: number, effect: Effect, seed: Seed) => void, clear: (id: number) => void, deaf: boolean) => {
  let last = 0;
  return {
    apply: async (effect: Effect, seed: Seed): Promise<AsyncDisposable> => {
      const id = (last += 1);
      if (!deaf) put(id, effect, seed);
      return { [Symbol.asyncDispose]: async () => clear(id) };
    },
  };
};
