// For tests of faults: a link of TCP in this process, instead of in the process of the proxies.
import type { TcpLinkHandle } from '../../network/start-network.ts';
import type { TcpLink } from '../../network/tcp-link.ts';

/** A link in this process, as the process of the proxies has it. `deaf`: it takes effects and does nothing, as a broken injector. */
export const handleOf = (link: TcpLink, deaf = false): TcpLinkHandle => {
  let last = 0;
  return {
    port: link.port,
    apply: async (effect, seed) => {
      const id = (last += 1);
      if (!deaf) link.apply(id, effect, seed);
      return { [Symbol.asyncDispose]: async () => void link.clear(id) };
    },
    counts: () => Promise.resolve(link.counts()),
    farPorts: () => Promise.resolve(link.farPorts()),
  };
};
