import { expect, test } from 'vitest';
import type { DriverProgress } from './parts.ts';
import type { Progress } from './progress.ts';
import { createVirtualClock } from './virtual-clock.ts';
import { createTrafficWatch } from './watch-traffic.ts';

const heard: DriverProgress = {
  sent: 0,
  done: 0,
  ok: 0,
  failed: 0,
  unknown: 0,
  phases: [],
  latency: { boundsSeconds: [], counts: [], sumSeconds: 0 },
};

test('what the target’s own code could not read is told once, however often the driver says it', () => {
  const told: Progress[] = [];
  const watch = createTrafficWatch({
    scenario: 'steady',
    phases: [],
    total: 0,
    clock: createVirtualClock(0),
    target: {},
    onProgress: (progress) => told.push(progress),
  });
  watch.heard(heard);
  watch.heard({ ...heard, unreadable: 'it threw' });
  watch.heard({ ...heard, unreadable: 'it threw' });
  expect(told.filter(({ kind }) => kind === 'warning')).toEqual([{ kind: 'warning', text: 'it threw' }]);
});
