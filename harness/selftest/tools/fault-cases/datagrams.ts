// Each effect of a link of datagrams, on numbered ones: what came, beside what was sent, by the numbers themselves.
import { systemClock } from '../../../engine/clock.ts';
import { type NumberedDatagrams, startDatagrams } from '../../../faults/testing/numbered-datagrams.ts';
import type { DatagramEffect, DatagramFault } from '../../../scenario/faults/datagram-fault.ts';
import { claimsNothing, type FaultCase, moment, seenOnAndGoneAfter, type Stage } from './fault-case.ts';

type Counts = ReturnType<NumberedDatagrams['counts']>;
type Felt = { readonly effect: DatagramEffect; readonly hit: (counts: Counts) => number };

const share = 0.4;
const windowMs = 200;
/** Of the share of what was sent: a window may lie half before the fault. */
const leastHit = share / 4;

const effects: readonly Felt[] = [
  { effect: { effect: 'loss', share }, hit: ({ sent, received }) => sent - received },
  { effect: { effect: 'duplicate', share }, hit: ({ sent, received }) => received - sent },
  { effect: { effect: 'corrupt', share }, hit: ({ damaged }) => damaged },
  { effect: { effect: 'reorder', share, withinMs: 40 }, hit: ({ displaced }) => displaced },
];

const openStage = async ({ hit }: Felt, deaf: boolean): Promise<Stage> => {
  const datagrams = await startDatagrams(deaf);
  return {
    target: datagrams.target,
    isFelt: async () => {
      const before = datagrams.counts();
      await systemClock.sleep(windowMs);
      const after = datagrams.counts();
      return hit(after) - hit(before) > (after.sent - before.sent) * leastHit;
    },
    [Symbol.asyncDispose]: () => datagrams[Symbol.asyncDispose](),
  };
};

const faultOf = (effect: DatagramEffect): DatagramFault => ({
  kind: 'datagrams',
  name: effect.effect,
  at: moment,
  link: 'driver-ingest-udp',
  seconds: 1,
  ...effect,
});

export const datagramCases: readonly FaultCase[] = effects.map((felt) => {
  const fault = faultOf(felt.effect);
  return {
    of: `datagrams ${felt.effect.effect}`,
    isPatient: true,
    red: claimsNothing('a proxy that does nothing claims no effect', { fault, open: () => openStage(felt, true) }),
    green: seenOnAndGoneAfter({ fault, open: () => openStage(felt, false) }),
  };
});
