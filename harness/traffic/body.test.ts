import { expect, test } from 'vitest';
import type { PoisonKind } from '../scenario/scenario.ts';
import { createBodyMaker } from './body.ts';
import type { PlannedEvent } from './planned-operation.ts';
import { expectedAnswer } from './poison.ts';

const bodyOf = createBodyMaker(1);
const eventOf = (poison: PoisonKind | null, variant = 0): PlannedEvent => ({
  event: 3,
  systemName: 'checkout',
  objectId: 'order-00001',
  eventName: 'order.paid',
  idempotencyKey: 'test-1-3',
  sequence: 2,
  poison,
  variant,
  expected: expectedAnswer(poison, variant),
});
const textOf = (poison: PoisonKind | null, variant?: number): string => bodyOf(eventOf(poison, variant)).toString('utf8');

test('a good event is a JSON object of about 250 bytes with all fields of the contract', () => {
  const body = JSON.parse(textOf(null));
  expect(body).toMatchObject({ id: 'test-1-3', system_name: 'checkout', object_id: 'order-00001', event_name: 'order.paid', sequence: 2 });
  expect(new Date(body.event_time).toISOString()).toBe(body.event_time);
  expect(body.metadata).toBeTypeOf('object');
  expect(bodyOf(eventOf(null)).length).toBeGreaterThan(200);
  expect(bodyOf(eventOf(null)).length).toBeLessThan(350);
});

test.each([0, 1, 2, 3, 4, 5, 6])('form %i of broken JSON is not JSON, or not UTF-8', (variant) => {
  const parse = (): unknown => JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bodyOf(eventOf('broken-json', variant))));
  expect(parse).toThrow(/JSON|not valid/);
});

test('every form of wrong types is JSON, and no two are the same', () => {
  const forms = Array.from({ length: 16 }, (_unused, variant) => textOf('wrong-types', variant));
  expect(new Set(forms).size).toBe(16);
  for (const form of forms) expect(JSON.parse(form)).not.toEqual(JSON.parse(textOf(null)));
});

test('an oversized event is good JSON of more than a mebibyte', () => {
  expect(bodyOf(eventOf('oversized')).length).toBeGreaterThan(1_048_576);
  expect(JSON.parse(textOf('oversized'))).toMatchObject({ system_name: 'checkout' });
});

test('hostile text comes as NUL, as a lone surrogate and as deep nesting, in turn', () => {
  expect(JSON.parse(textOf('hostile-text', 0)).metadata.note).toContain('\u0000');
  expect(JSON.parse(textOf('hostile-text', 1)).metadata.note.isWellFormed()).toBe(false);
  expect(textOf('hostile-text', 2)).toContain('['.repeat(5000));
  expect([0, 1, 2].map((variant) => expectedAnswer('hostile-text', variant).code)).toEqual(['hostile_text', 'hostile_text', 'too_deep']);
});

test('poison for the handler is a good event that says what the handler must do', () => {
  const instruction = (poison: PoisonKind, variant: number): unknown => JSON.parse(textOf(poison, variant)).metadata.poison;
  expect([instruction('handler-throws', 0), instruction('handler-hangs', 0), instruction('handler-hangs', 1)]).toEqual([
    'throw',
    'hang',
    'hang-sync',
  ]);
  expect(expectedAnswer('handler-throws', 0)).toEqual({ status: 200, code: null });
});
