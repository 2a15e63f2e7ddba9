// Each effect of a link of TCP, on a link to a small HTTP server; by a client of ours, with a connection from before and with new ones.
import { measureClose } from '../../../faults/link/close-time.ts';
import { createHttpProbe } from '../../../faults/link/http-probe.ts';
import { askFresh, type KeptProbe, quickestAsk } from '../../../faults/link/probe.ts';
import { serveLink } from '../../../faults/testing/served-link.ts';
import type { NetworkFault, TcpEffect } from '../../../scenario/faults/network-fault.ts';
import { claimsNothing, type FaultCase, moment, seenOnAndGoneAfter, type Stage } from './fault-case.ts';

type Link = { readonly url: string; readonly kept: KeptProbe };
/** What a client must meet. Its numbers are the effect's own, less what timers round off. */
type Felt = { readonly effect: TcpEffect; readonly isFelt: (link: Link) => Promise<boolean> };

const patienceMs = 400;
const fresh = ({ url }: Link) => askFresh(createHttpProbe(url), patienceMs);

const effects: readonly Felt[] = [
  {
    effect: { effect: 'latency', latencyMs: 60 },
    isFelt: async ({ kept }) => ((await quickestAsk(kept, patienceMs, 3)) ?? Infinity) >= 108,
  },
  {
    effect: { effect: 'bandwidth', bytesPerSecond: 100_000 },
    isFelt: async ({ kept }) => (await kept.transfer('down', 20_000, 2000)).ms >= 180,
  },
  { effect: { effect: 'cut' }, isFelt: async (link) => !(await fresh(link)).ok && link.kept.ended() !== null },
  { effect: { effect: 'reset' }, isFelt: async ({ kept }) => kept.ended() !== null },
  { effect: { effect: 'half-open' }, isFelt: async (link) => (await isSilent(link)) && (await fresh(link)).ok },
  { effect: { effect: 'black-hole' }, isFelt: async (link) => (await isSilent(link)) && !(await fresh(link)).ok },
  {
    effect: { effect: 'slow-close', delayMs: 150 },
    isFelt: async ({ url }) => {
      const closed = await measureClose(url, 2000);
      return closed.ok && closed.ms >= 135;
    },
  },
];

/** Asked in vain, and nobody said that it ended. */
const isSilent = async ({ kept }: Link): Promise<boolean> => {
  const asked = await kept.ask(patienceMs);
  return !asked.ok && asked.why === 'timeout' && kept.ended() === null;
};

/** The connection from before is made anew after a look that felt the fault: what it met is over, or is met again. */
const openStage = async ({ isFelt }: Felt, deaf: boolean): Promise<Stage> => {
  const served = await serveLink(deaf);
  let kept: KeptProbe | null = null;
  const close = async (): Promise<void> => {
    await kept?.[Symbol.asyncDispose]();
    kept = null;
  };
  return {
    target: served.target,
    isFelt: async () => {
      kept ??= await createHttpProbe(served.url).open(patienceMs);
      const felt = await isFelt({ url: served.url, kept });
      if (felt) await close();
      return felt;
    },
    [Symbol.asyncDispose]: async () => {
      await close();
      await served[Symbol.asyncDispose]();
    },
  };
};

const faultOf = (effect: TcpEffect): NetworkFault => ({
  kind: 'network',
  name: effect.effect,
  at: moment,
  link: 'driver-ingest',
  seconds: 1,
  ...effect,
});

export const networkCases: readonly FaultCase[] = effects.map((felt) => ({
  of: `network ${felt.effect.effect}`,
  isPatient: true,
  red: claimsNothing('a proxy that does nothing claims no effect', {
    fault: { ...faultOf(felt.effect), seconds: 0.5 },
    open: () => openStage(felt, true),
  }),
  green: seenOnAndGoneAfter({ fault: faultOf(felt.effect), open: () => openStage(felt, false) }),
}));
