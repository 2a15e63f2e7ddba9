// Each effect of a link, as a fault: its evidence is there while it lies on the link and gone after, and an injector that does nothing is found out.
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { NetworkFault, TcpEffect } from '../scenario/faults/network-fault.ts';
import { createDatabase, dropDatabase } from '../targets/database.ts';
import type { TargetLink } from '../targets/target.ts';
import { network } from './network.ts';
import { openFaultWorld, partialTarget } from './testing/fault-world.ts';
import { type LinkedDatabase, linkDatabase } from './testing/linked-database.ts';
import { serveLink } from './testing/served-link.ts';

/** With `untilSeen`. */
const longSeconds = 30;

const faultOf = (effect: TcpEffect, link: NetworkFault['link'] = 'worker-database', seconds = 0.6): NetworkFault => ({
  kind: 'network',
  name: 'bad-link',
  at: { phase: 'fault', afterSeconds: 0 },
  link,
  seconds,
  ...effect,
});

const effects: readonly TcpEffect[] = [
  { effect: 'latency', latencyMs: 30, jitterMs: 5 },
  { effect: 'bandwidth', bytesPerSecond: 400_000 },
  { effect: 'cut' },
  { effect: 'half-open' },
  { effect: 'reset' },
  { effect: 'slow-close', delayMs: 150 },
  { effect: 'black-hole' },
];

/** For an injector that does nothing: so strong that what a busy machine adds to a single measurement is nothing like it. */
const strongEffects: readonly TcpEffect[] = effects.map((effect) => {
  if (effect.effect === 'latency') return { ...effect, latencyMs: 500 };
  return effect.effect === 'slow-close' ? { ...effect, delayMs: 5000 } : effect;
});

let url: string;
beforeAll(async () => {
  url = await createDatabase(inject('postgresUrl'), `fault_network_${process.pid}`);
});
afterAll(() => dropDatabase(inject('postgresUrl'), url));

describe('on a link to the database', () => {
  test.each(effects)('$effect is felt and is gone after', async (effect) => {
    await using world = await openFaultWorld();
    await using linked = await linkDatabase(url);
    await linked.connect();
    const evidence = await network(faultOf(effect, 'worker-database', longSeconds), world.untilSeen(linked.target));
    expect(evidence.observations.map(({ observed }) => observed)).toHaveLength(3);
    expect(evidence).toMatchObject({ tookEffect: true, healed: true });
    expect((await (await linked.connect()).query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  test.each(strongEffects)('$effect by an injector that does nothing is not seen', async (effect) => {
    await using world = await openFaultWorld();
    await using linked = await linkDatabase(url, true);
    await linked.connect();
    expect(await network(faultOf(effect), world.context(linked.target))).toMatchObject({ tookEffect: false });
  });

  test('swallow-commit is felt once a transaction has committed, and not where none did', async () => {
    await using world = await openFaultWorld();
    await using linked = await linkDatabase(url);
    const client = await linked.connect();
    const effect = { effect: 'swallow-commit', times: 1 } as const;
    const running = network(faultOf(effect, 'worker-database', longSeconds), world.untilSeen(linked.target));
    const loop = (async () => {
      for (;;) {
        await client.query('begin');
        await client.query('commit');
      }
    })().catch((error: Error) => error.message);
    expect(await running).toMatchObject({ tookEffect: true, healed: true });
    expect(await loop).toMatch(/terminated/);
    expect(await network(faultOf(effect), world.context(linked.target))).toMatchObject({ tookEffect: false, healed: true });
  });

  const slow = faultOf({ effect: 'latency', latencyMs: 40 }, 'worker-database', 60);
  /** By then all that is remembered of the link was asked since. */
  const severalAnswers = async ({ link }: LinkedDatabase): Promise<void> => {
    const { bytesDown } = link.counts();
    // An answer to a question of the watch has more than forty bytes.
    await expect.poll(() => link.counts().bytesDown - bytesDown).toBeGreaterThan(400);
  };

  test('latency beside another that came later and stays is gone all the same', async () => {
    await using world = await openFaultWorld();
    await using linked = await linkDatabase(url);
    const abort = new AbortController();
    const running = network(slow, world.context(linked.target, abort.signal));
    await expect.poll(() => world.notes.length).toBe(1);
    linked.link.apply(99, { effect: 'latency', latencyMs: 60 }, 1);
    await severalAnswers(linked);
    abort.abort();
    expect(await running).toMatchObject({ tookEffect: true, healed: true });
  });

  test('latency that was not taken away is not taken for gone where another went meanwhile', async () => {
    await using world = await openFaultWorld();
    await using linked = await linkDatabase(url);
    const [link] = linked.target.links!();
    const keeps: TargetLink['proxy'] = {
      ...link!.proxy,
      apply: async (effect, seed) => {
        await link!.proxy.apply(effect, seed);
        return { [Symbol.asyncDispose]: () => Promise.resolve() };
      },
    };
    linked.link.apply(99, { effect: 'latency', latencyMs: 40 }, 1);
    const abort = new AbortController();
    const running = network(slow, world.context({ ...linked.target, links: () => [{ ...link!, proxy: keeps }] }, abort.signal));
    await expect.poll(() => world.notes.length).toBe(1);
    linked.link.clear(99);
    await severalAnswers(linked);
    abort.abort();
    expect(await running).toMatchObject({ tookEffect: true, healed: false });
  });

  test('an interruption heals it at once', async () => {
    await using world = await openFaultWorld();
    await using linked = await linkDatabase(url);
    const abort = new AbortController();
    const running = network(
      faultOf({ effect: 'latency', latencyMs: 20 }, 'worker-database', 60),
      world.context(linked.target, abort.signal),
    );
    await expect.poll(() => world.notes.length).toBe(1);
    abort.abort();
    expect(await running).toMatchObject({ tookEffect: true, healed: true });
  });

  test('a link that the target has not is a mistake of the scenario', async () => {
    await using world = await openFaultWorld();
    const running = network(faultOf({ effect: 'cut' }, 'query-database'), world.context(partialTarget({})));
    await expect(running).rejects.toThrow(/link query-database, but the target has no links/);
  });
});

describe('on a link to an HTTP server', () => {
  test.each([...effects.filter(({ effect }) => effect !== 'bandwidth'), { effect: 'bandwidth', bytesPerSecond: 100_000 } as const])(
    '$effect is felt and is gone after',
    async (effect) => {
      await using world = await openFaultWorld();
      await using served = await serveLink();
      const evidence = await network(faultOf(effect, 'driver-ingest', longSeconds), world.untilSeen(served.target));
      expect(evidence).toMatchObject({ tookEffect: true, healed: true });
    },
  );
});
