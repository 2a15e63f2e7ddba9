import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keptRefusal } from './kept-refusal.ts';
import { createLineReader } from './read-lines.ts';

const read = createLineReader({ format: 'ndjson', mapping: null, header: null, tenant: 'default', newIdentity: () => '' });
const good = { system_name: 'shop', object_id: 'o', event_name: 'e', event_time: '2020-01-02T03:04:05Z', metadata: {} };
const keptOf = (text: string) => keptRefusal(read([{ line: 2, lines: 1, bytes: Buffer.from(text) }], 0)[0]!.refusal!);

test('says what is wrong with the fields of the contract, and of others only that they are there', () => {
  expect(keptOf(JSON.stringify({ ...good, object_id: '', sequence: 'x' }))).toMatchObject({
    code: 'invalid_event',
    place: '/object_id',
    reason: 'The event does not fit the contract: /object_id must not be empty; /sequence must be integer.',
  });
  expect(keptOf(JSON.stringify({ ...good, secret: 1 }))).toEqual({
    code: 'invalid_event',
    place: null,
    reason: 'The event does not fit the contract: a field is not of the contract.',
  });
  // What looks like a finding of ours.
  expect(keptOf(JSON.stringify({ ...good, 'x; /object_id secret': 1, 'object_id secret': 1 })).reason).not.toContain('secret');
  expect(keptRefusal({ code: 'invalid_csv', place: 'total', reason: 'is no number' })).toEqual({
    code: 'invalid_csv',
    place: 'total',
    reason: 'is no number',
  });
  expect(keptRefusal({ code: 'idempotency_conflict', place: '/id', reason: 'The id was used.' })).toMatchObject({
    place: '/id',
    reason: 'The id was used.',
  });
});

test('keeps nothing of a line, wherever in it that stands', () => {
  const secret = 'Zq7Secret';
  const broken = fc.constantFrom(
    `{"a":"${secret}`,
    secret,
    `${JSON.stringify(good).slice(0, -1)},"n":${'9'.repeat(3000)}}`,
    JSON.stringify({ ...good, metadata: { [secret]: '\u0000' } }),
    JSON.stringify({ ...good, event_time: secret }),
    JSON.stringify({ ...good, [secret]: secret }),
    JSON.stringify([secret]),
    JSON.stringify({ ...good, metadata: secret }),
  );
  fc.assert(
    fc.property(broken, (text) => {
      const { place, reason } = keptOf(text);
      expect(`${place} ${reason}`).not.toContain(secret);
      expect(reason).not.toMatch(/9{20}/);
    }),
  );
});
