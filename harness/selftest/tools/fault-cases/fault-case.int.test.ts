// The proof of the proof, on a fault that is quick: a case must not take for proven what is not.
import { expect, test } from 'vitest';
import { serveLink } from '../../../faults/testing/served-link.ts';
import type { NetworkFault } from '../../../scenario/faults/network-fault.ts';
import { claimsNothing, moment, seenOnAndGoneAfter, type Stage } from './fault-case.ts';

const fault: NetworkFault = { kind: 'network', name: 'cut', at: moment, link: 'driver-ingest', effect: 'cut', seconds: 0.3 };

type Feels = NonNullable<Stage['isFelt']>;
const nobody: Feels = () => Promise.resolve(false);
const always: Feels = () => Promise.resolve(true);

const stage = async (deaf: boolean, isFelt: Feels): Promise<Stage> => {
  const { target, [Symbol.asyncDispose]: dispose } = await serveLink(deaf);
  return { target, isFelt, [Symbol.asyncDispose]: dispose };
};
/** Felt from its second look on, for so many looks. */
const feltFor = (looks: number): Feels => {
  let looked = -1;
  return async () => {
    looked += 1;
    return looked > 0 && looked <= looks;
  };
};

test('an effect that is felt while it is on, and not before or after, is proven', async () => {
  const half = seenOnAndGoneAfter({ fault, open: () => stage(false, feltFor(1)) });
  expect(await half.show()).toMatchObject({ asItMust: true });
});

test.each<[string, boolean, Feels]>([
  ['nobody feels', false, nobody],
  ['was there before', false, always],
  ['the fault itself has no evidence of', true, feltFor(1)],
])(
  'an effect that %s is not proven',
  async (_what, deaf, isFelt) => {
    const half = seenOnAndGoneAfter({ fault, open: () => stage(deaf, isFelt) });
    expect(await half.show()).toMatchObject({ asItMust: false });
  },
  15_000,
);

test('an effect that stays when the fault says that it is over is not proven', async () => {
  const half = seenOnAndGoneAfter({ fault, open: () => stage(false, feltFor(10_000)) });
  expect(await half.show()).toMatchObject({ asItMust: false, said: expect.stringContaining('after: true') });
}, 15_000);

test('a fault that claims an effect, or fails for another reason than it may, is no proof that it claims none', async () => {
  const claiming = claimsNothing('', { fault, open: () => stage(false, nobody) });
  expect(await claiming.show()).toMatchObject({ asItMust: false });
  const misled: NetworkFault = { ...fault, link: 'query-database' };
  const failing = { fault: misled, open: () => stage(true, nobody) };
  expect(await claimsNothing('', failing).show()).toMatchObject({ asItMust: false });
  expect(await claimsNothing('', { ...failing, refusal: /has only/ }).show()).toMatchObject({ asItMust: true });
});
