import { expect, test } from 'vitest';
import { quietScenario } from '../checkers/testing/simulated-run.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { drawTimeline } from './timeline.ts';

const scenario: Scenario = {
  ...quietScenario,
  phases: [
    { name: 'before', kind: 'steady', seconds: 4, ratePerSecond: 100 },
    { name: 'climb', kind: 'fault', seconds: 4, ratePerSecond: 100, shape: { kind: 'ramp', toPerSecond: 800 } },
    { name: 'z', kind: 'heal', seconds: 0.1, ratePerSecond: 800 },
  ],
  faults: [
    { kind: 'pause', name: 'nap', role: 'worker', index: 0, at: { phase: 'climb', afterSeconds: 1 }, seconds: 2 },
    { kind: 'kill', name: 'blow', role: 'worker', index: 1, at: { phase: 'before', afterSeconds: 2 }, restartAfterSeconds: 0 },
  ],
};

test('the rate, the phases and each fault stand below each other, on one scale', () => {
  const lines = drawTimeline(scenario, { columns: 32 });
  expect(`\n${lines.join('\n')}\n`).toMatchInlineSnapshot(`
    "
    ▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▃▃▄▄▄▅▅▆▆▇▇███  up to 795/s
    ├ before ───────├ climb ────────┤
                        ↯━━━━━━━      nap
            ↯                         blow
    0                           8.1 s
    "
  `);
});

test('what is planned is drawn as it is planned', () => {
  const [rate] = drawTimeline(scenario, { columns: 8, arrivalsMs: [0, 10, 20, 30, 7000] });
  expect(rate).toBe('█     ▂   up to 4/s');
});

test('no line of the drawing is wider than it may be, but for what stands beside it', () => {
  for (const columns of [10, 40, 72])
    for (const line of drawTimeline(scenario, { columns })) expect(line.split('  ')[0]!.length).toBeLessThanOrEqual(columns + 1);
});
