import { expect, test } from 'vitest';
import { explain } from './errors.ts';

test('an error is told with its causes', () => {
  const cause = new Error('connection refused');
  expect(explain(new Error('no telemetry', { cause }))).toBe('no telemetry (connection refused)');
  expect(explain('a word')).toBe('a word');
});

test('an error on the way down hides none that was before it', async () => {
  const failing = async (): Promise<void> => {
    await using undo = new AsyncDisposableStack();
    undo.defer(() => Promise.reject(new Error('its folder is in use')));
    undo.defer(() => Promise.reject(new Error('its stop failed')));
    throw new Error('the fault crashed');
  };
  const error: unknown = await failing().catch((reason: unknown) => reason);
  expect(explain(error)).toBe('the fault crashed; then its stop failed; then its folder is in use');
});
