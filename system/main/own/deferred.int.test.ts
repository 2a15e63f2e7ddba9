// Constraints of a team's own tables that wait for the commit.
import { Client } from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { defineProcessor } from '../../processor/define-processor.ts';
import { testProcessor } from './test-processor.ts';

let client: Client;
beforeAll(async () => {
  client = new Client({ connectionString: inject('postgresUrl') });
  await client.connect();
});
afterAll(() => client.end());

const orders = defineProcessor({
  name: 'orders',
  version: 1,
  tables: { orders: 'id text primary key', lines: 'line bigserial primary key, order_id text not null' },
  setUp: ({ tables }) => [
    `alter table ${tables.lines} add foreign key (order_id) references ${tables.orders} deferrable initially deferred`,
  ],
  onError: { attempts: 2 },
  handle: async ({ objectId, eventName }, { query, tables }) => {
    // The line first, which the constraint allows until the order is there.
    await query(`insert into ${tables.lines} (order_id) values ($1)`, [objectId]);
    if (eventName === 'ordered') await query(`insert into ${tables.orders} (id) values ($1) on conflict do nothing`, [objectId]);
  },
});

test('a value that a deferred constraint refuses is a dead letter of its event, and holds up no other of the transaction', async () => {
  await using shop = await testProcessor(orders, { client });
  const of = (object: string, name: string) => ({ system_name: 's', object_id: object, event_name: name });
  await shop.given([of('a', 'ordered'), of('b', 'lost'), of('c', 'ordered'), of('a', 'added'), of('d', 'ordered')]);
  const { applied, deadLetters, notPassed } = await shop.run();
  expect({ applied, notPassed }).toEqual({ applied: 4, notPassed: 0 });
  expect(deadLetters).toMatchObject([{ objectId: 'b', reason: 'data_refused', attempts: 2 }]);
  expect((await shop.rows<{ order_id: string }>('lines')).map((row) => row.order_id)).toEqual(['a', 'c', 'a', 'd']);
});
