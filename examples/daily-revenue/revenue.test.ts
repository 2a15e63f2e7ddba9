// The processor is given events, and its rows are what is looked at: on a real PostgreSQL, which the package brings.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testProcessor } from 'faultline/processor/testing';
import revenue from './revenue.ts';

const at = '2026-03-01T10:00:00Z';
const event = (order: string, name: string, metadata: unknown) =>
  ({ system_name: 'shop', object_id: order, event_name: name, event_time: at, metadata }) as const;

test('adds what was paid and takes off what was refunded, by day and currency', async () => {
  await using shop = await testProcessor(revenue);
  await shop.given([
    event('o1', 'paid', { cents: 1000, currency: 'EUR' }),
    event('o2', 'paid', { cents: 500, currency: 'EUR' }),
    event('o1', 'refunded', { cents: 200, currency: 'EUR' }),
    event('o3', 'paid', { cents: 1, currency: 'TEST' }),
    event('o1', 'shipped', {}),
  ]);
  const { applied, ignored, deadLetters } = await shop.run();
  assert.deepEqual({ applied, ignored, deadLetters }, { applied: 3, ignored: 2, deadLetters: [] });
  const days = await shop.query(`select day::text, currency, cents, events from ${shop.tables.days}`);
  assert.deepEqual(days, [{ day: '2026-03-01', currency: 'EUR', cents: 1300, events: 3 }]);
});

test('parks an amount that is none, and what comes after it for the same order waits behind', async () => {
  await using shop = await testProcessor(revenue);
  await shop.given([
    event('o1', 'paid', { cents: 'ten', currency: 'EUR' }),
    event('o1', 'refunded', { cents: 3, currency: 'EUR' }),
    event('o2', 'paid', { cents: 7, currency: 'EUR' }),
  ]);
  const { applied, deadLetters, waitingBehind } = await shop.run();
  assert.equal(applied, 1);
  assert.equal(waitingBehind, 1);
  assert.deepEqual(deadLetters, [
    { objectId: 'o1', eventName: 'paid', reason: 'handler_threw', message: 'cents is "ten", and has to be a whole number', attempts: 5 },
  ]);
  assert.deepEqual(await shop.rows('orders'), [{ order_id: 'o2', cents: 7 }]);
});

test('loses an order that is erased, and keeps the day', async () => {
  await using shop = await testProcessor(revenue);
  await shop.given([event('o1', 'paid', { cents: 1000, currency: 'EUR' }), event('o2', 'paid', { cents: 500, currency: 'EUR' })]);
  await shop.run();
  assert.deepEqual(await shop.erase({ system_name: 'shop', object_id: 'o1' }), { orders: 1 });
  assert.deepEqual(await shop.rows('orders'), [{ order_id: 'o2', cents: 500 }]);
  assert.equal((await shop.rows('days')).length, 1);
});
