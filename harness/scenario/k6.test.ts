import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { k6 } from './k6.ts';

test('k6 is data, with the path of a script that is there', () => {
  expect(k6({ users: 20 })).toEqual({ kind: 'k6', users: 20 });
  expect(k6({ users: 20, script: new URL(import.meta.url) })).toEqual({ kind: 'k6', users: 20, script: fileURLToPath(import.meta.url) });
});

test('a script that is not there is told when the scenario is loaded', () => {
  expect(() => k6({ users: 20, script: '/nowhere/checkout.js' })).toThrow(
    expect.objectContaining({ code: 'FL_SCENARIO_INVALID', message: 'there is no script /nowhere/checkout.js for k6' }),
  );
});
