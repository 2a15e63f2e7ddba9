import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LogEvent } from '../stream/stream.ts';
import type { Decision, Origin } from './deliver.ts';
import { failureCodes } from './failure.ts';
import { newKeyState, keyName } from './key-order.ts';
import { parkedKeyAfter, retryDelayMs, settle } from './settlement.ts';

const policy = { attempts: 3, retryMs: 200 };
const key = { tenant: 't', systemName: 's', objectId: 'o' };
const event = (position: number) => ({ ...key, position, id: position, sequence: null }) as LogEvent;

test('every decision moves its event exactly once: nothing is left over and nothing counted twice', () => {
  const kinds = ['applied', 'ignored', 'failed', 'behind', 'early', 'skipped'] as const;
  const origins: readonly Origin[] = ['log', 'early', 'park'];
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...kinds), fc.constantFrom(...origins))), (drawn) => {
      const decisions = drawn
        // Only what comes from the log waits behind; only what comes anew becomes early.
        .filter(([kind, origin]) => !(kind === 'behind' && origin !== 'log') && !(kind === 'early' && origin === 'early'))
        .map(
          ([kind, origin], index): Decision<string> =>
            ({
              kind,
              origin,
              event: event(index),
              effect: 'x',
              failure: { code: 'handler_threw', message: '', errorType: null },
            }) as Decision<string>,
        );
      const made = settle(decisions, { toPosition: 1, keys: new Map(), policy, attemptsSoFar: () => 0 });
      const from = (origin: Origin) => decisions.filter((one) => one.origin === origin).length;
      const done = made.applied.length + made.ignored + made.skipped;
      // From the log: the checkpoint passes them, so that each is done, parked or early.
      expect(from('log')).toBe(
        done - made.doneEarly.length - made.doneParked.length + made.parkFailed.length + made.parkBehind.length + made.waitFromLog.length,
      );
      expect(from('early')).toBe(made.doneEarly.length + made.parkEarly.length);
      expect(from('park')).toBe(made.doneParked.length + made.waitFromPark.length + made.failedAgain.length);
      expect(made.parkedKeys).toHaveLength(decisions.filter(({ kind }) => kind === 'failed').length);
    }),
  );
});

test('a failure is tried again with doubled waits until its attempts are used up, and a final one never', () => {
  for (const code of failureCodes) {
    const failure = { code, message: '', errorType: null };
    const isFinal = code === 'handler_crashed_process' || /^(?:sequence|schema)_/.test(code);
    expect(parkedKeyAfter(key, failure, 1, policy).state).toBe(isFinal ? 'parked' : 'retrying');
    expect(parkedKeyAfter(key, failure, 3, policy)).toEqual({ key, state: 'parked', retryAfterMs: null });
  }
  expect([1, 2, 3].map((attempts) => retryDelayMs(policy, attempts))).toEqual([200, 400, 800]);
});

test('only keys whose order changed are written', () => {
  const changed = { ...newKeyState(key), sequenced: true, next: 4, orderChanged: true };
  const other = newKeyState({ ...key, objectId: 'p' });
  const keys = new Map([changed, other].map((state) => [keyName(state.key), state]));
  expect(settle([], { toPosition: 1, keys, policy, attemptsSoFar: () => 0 }).keyOrders).toEqual([{ key, sequenced: true, next: 4 }]);
});
