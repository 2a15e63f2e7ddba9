// Faults of datagrams, on real sockets: a far end that counts what reaches it is the target.
import { expect, test } from 'vitest';
import type { DatagramEffect, DatagramFault } from '../scenario/faults/datagram-fault.ts';
import { datagrams } from './datagrams.ts';
import { openFaultWorld, partialTarget } from './testing/fault-world.ts';
import { startDatagrams } from './testing/numbered-datagrams.ts';

const faultOf = (effect: DatagramEffect): DatagramFault => ({
  kind: 'datagrams',
  name: 'bad-air',
  at: { phase: 'fault', afterSeconds: 0 },
  link: 'driver-ingest-udp',
  seconds: 1,
  ...effect,
});

const effects: readonly DatagramEffect[] = [
  { effect: 'loss', share: 0.4 },
  { effect: 'duplicate', share: 0.4 },
  { effect: 'reorder', share: 0.4, withinMs: 40 },
  { effect: 'corrupt', share: 0.4 },
];

test.each(effects)('$effect is counted by the target while it lies on the link, and no more after', async (effect) => {
  await using world = await openFaultWorld();
  await using started = await startDatagrams();
  expect(await datagrams(faultOf(effect), world.context(started.target))).toMatchObject({ tookEffect: true, healed: true });
});

test.each(effects)('$effect by an injector that does nothing is not seen', async (effect) => {
  await using world = await openFaultWorld();
  await using started = await startDatagrams(true);
  expect(await datagrams(faultOf(effect), world.context(started.target))).toMatchObject({ tookEffect: false });
});

test('a target that takes no datagrams is a mistake of the scenario', async () => {
  await using world = await openFaultWorld();
  await expect(datagrams(faultOf({ effect: 'loss', share: 0.5 }), world.context(partialTarget({})))).rejects.toThrow(/takes no datagrams/);
});
