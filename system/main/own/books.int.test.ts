// The books of a team's own processor, whatever its policies are and whatever its events do: they add up, and its own table says the same.
import fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { defineProcessor, type BackPressure, type ErrorPolicy } from '../../processor/define-processor.ts';
import { testProcessor } from './test-processor.ts';

let client: Client;
beforeAll(async () => {
  client = new Client({ connectionString: inject('postgresUrl') });
  await client.connect();
});
afterAll(() => client.end());

type Act = 'write' | 'ignore' | 'throw' | 'throw-once' | 'bad-value' | 'swallow';
type Policies = { readonly onError: ErrorPolicy; readonly order: 'per-key' | 'none'; readonly backPressure: BackPressure };

/** Writes first, whatever it does after. */
const processorOf = (policies: Policies) => {
  const seen = new Set<number>();
  return defineProcessor({
    name: 'books',
    version: 1,
    reads: { events: ['read'] },
    tables: { entries: 'entry bigserial primary key, event_id bigint not null, key text not null, number integer' },
    ...policies,
    handle: async ({ id, objectId, sequence, metadata }, { query, tables }) => {
      const { act } = metadata as { readonly act: Act };
      const insert = `insert into ${tables.entries} (event_id, key, number) values ($1, $2, $3)`;
      await query(insert, [id, objectId, sequence]);
      const isFirst = !seen.has(id);
      seen.add(id);
      if (act === 'ignore') return false;
      if (act === 'throw' || (act === 'throw-once' && isFirst)) throw new Error(act);
      if (act === 'bad-value') await query(insert, [id, null, null]);
      if (act === 'swallow') await query(insert, [id, null, null]).catch(() => {});
      return true;
    },
  });
};

const event = fc.record({
  key: fc.constantFrom('a', 'b', 'c'),
  name: fc.constantFrom('read', 'read', 'read', 'other'),
  act: fc.constantFrom<Act>('write', 'write', 'write', 'ignore', 'throw', 'throw-once', 'bad-value', 'swallow'),
});
const policies = fc.record<Policies>({
  onError: fc.constantFrom<ErrorPolicy>(
    { attempts: 2, action: 'park' },
    { attempts: 1, action: 'skip' },
    { attempts: 3, action: 'skip' },
    { action: 'stop' },
  ),
  order: fc.constantFrom('per-key', 'none'),
  backPressure: fc.constantFrom<BackPressure>(
    { strategy: 'block' },
    { strategy: 'shed', above: 10 },
    { strategy: 'sample', above: 10, keepOneIn: 3 },
  ),
});
/** Of one key the events are numbered, and come out of order. */
const numbered = fc.shuffledSubarray([1, 2, 3, 4, 5, 6], { minLength: 0 });

test('add up under every policy, and each event is in its table once or not at all', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(policies, fc.array(event, { minLength: 1, maxLength: 40 }), numbered, async (chosen, events, numbers) => {
      await using given = await testProcessor(processorOf(chosen), { client });
      const plain = events.map(({ key, name, act }) => ({ system_name: 's', object_id: key, event_name: name, metadata: { act } }));
      const early = numbers.map((sequence) => ({
        system_name: 's',
        object_id: 'n',
        event_name: 'read',
        metadata: { act: 'write' },
        sequence,
      }));
      await given.given([...plain, ...early]);
      const done = await given.run();
      const [books] = await given.query<{
        drop: number;
        applied: number;
        parked: number;
        pending: number;
        rows: number;
        distinct: number;
        held: number;
      }>(
        `select position - applied - ignored - parked - pending - discarded - skipped - shed as drop, applied, parked, pending,
                (select count(*) from ${given.tables.entries}) as rows, (select count(distinct event_id) from ${given.tables.entries}) as distinct,
                (select count(*) from parked_events) as held
         from checkpoints where processor = 'books'`,
      );
      expect(books).toMatchObject({ drop: 0, rows: books!.applied, distinct: books!.applied, held: books!.parked });
      expect(books!.applied).toBe(done.applied);
      expect(chosen.onError.action === 'stop' || done.notPassed === 0).toBe(true);
      expect(chosen.onError.action === 'park' || done.deadLetters.length === 0).toBe(true);
      expect(chosen.backPressure.strategy !== 'block' || done.shed === 0).toBe(true);
      const order = await given.query<{ number: number }>(`select number from ${given.tables.entries} where key = 'n' order by entry`);
      const waitsForNumbers = chosen.order === 'per-key' && chosen.backPressure.strategy === 'block';
      expect(!waitsForNumbers || order.every(({ number }, index) => number === index + 1)).toBe(true);
    }),
    { numRuns: 25 },
  );
});
