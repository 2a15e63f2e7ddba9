import { expect, test } from 'vitest';
import type { PlannedOperation } from '../traffic/planned-operation.ts';
import { outcomeOfAnswer } from './http/classify.ts';
import type { K6Sample } from './k6/read-points.ts';
import { toK6Operation } from './k6/to-k6-operation.ts';

const planned = { op: 0, event: 0, phase: 'a', intendedAtMs: 0, poison: null } as unknown as PlannedOperation;
const sample: K6Sample = { op: 0, startedAt: 0, scenarioStartedAt: 0, tookMs: 1, status: 200, errorCode: 0, retryAfter: null, answer: {} };

test('an answer means the same to every driver', () => {
  for (const status of [200, 204, 301, 400, 409, 429, 500, 503])
    for (const code of [null, 'overloaded', 'commit_unknown']) {
      const { outcome } = toK6Operation(
        { planned, bodySha256: '', bodyBytes: 0 },
        { ...sample, status, answer: { code } },
        { zeroAt: 0, isWhole: true },
        ['overloaded'],
      );
      expect(outcome, `${status} ${code}`).toBe(outcomeOfAnswer({ status, code }, ['overloaded']));
    }
});
