import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { createBodyMaker } from '../../traffic/body.ts';
import { planEvents } from '../../traffic/plan-events.ts';
import { firstVersion, secondVersion } from './event-schemas.ts';
import { handle, reads } from './versioned-handler.ts';

const seatsIn = (phase: string, count: number) => Array.from({ length: count }, () => phase);
const events = planEvents(
  [...seatsIn('before', 1000), ...seatsIn('release', 500), ...seatsIn('after', 500)],
  {
    name: 'versions',
    traffic: {
      arrivals: 'poisson',
      keys: { kind: 'uniform', count: 50 },
      versions: true,
      poison: { share: 0.2, kinds: ['unlike-schema', 'unknown-version'], during: 'release' },
    },
  },
  7,
);
const ajv = new Ajv2020();
const checks = { 1: ajv.compile(firstVersion), 2: ajv.compile(secondVersion) };
const make = createBodyMaker(7);
const sent = events.map((event) => ({
  event,
  body: JSON.parse(make(event).toString()) as { schema_version: 1 | 2 | 9; metadata: Record<string, unknown> },
}));

test('each good event fits the schema of the version that it says, and the others do not', () => {
  const said = sent.filter(({ event }) => event.poison !== 'unknown-version');
  for (const { event, body } of said)
    expect({ ...body, fits: checks[body.schema_version as 1 | 2](body.metadata) }).toMatchObject({ fits: event.poison === null });
  expect(new Set(sent.map(({ body }) => body.schema_version))).toEqual(new Set([1, 2, 9]));
});

test('the release is in its phase alone', () => {
  const poisoned = events.filter(({ poison }) => poison !== null).map(({ event }) => event);
  expect(poisoned.length).toBeGreaterThan(30);
  // Its followers take seats, so that the last of it may be a little late.
  expect([Math.min(...poisoned) >= 1000, Math.max(...poisoned) < 1540]).toEqual([true, true]);
});

test('the handler takes the second version alone', () => {
  const body = (version: 1 | 2) =>
    JSON.stringify(sent.find(({ event, body: { schema_version: said } }) => event.poison === null && said === version)!.body);
  expect(handle({ eventName: 'x', body: body(2) })).toEqual({ summary: 'x' });
  expect(() => handle({ eventName: 'x', body: body(1) })).toThrow('not of the version');
  expect(reads).toHaveLength(15);
});
