// Clients who try again are served in the end: of each good event some attempt was acknowledged. What single attempts met on the way is not judged here.
import type { RunData } from '../engine/run-data.ts';
import { indexOf } from '../history/run-index.ts';
import { isParkedPoison } from '../traffic/poison.ts';
import { type CheckResult, conclude, concludeFrom, createFindings } from './check.ts';

const id = 'expectation/every-event-acknowledged';

export const everyEventAcknowledged = (run: RunData): CheckResult => {
  if (!run.historyComplete)
    return conclude(id, 'inconclusive', 'The history is cut off, so the attempt that was acknowledged may be missing.');
  const findings = createFindings();
  let good = 0;
  for (const event of indexOf(run).events) {
    const { first, outcome } = event;
    if (first.poison !== null && !isParkedPoison(first.poison)) continue;
    good += 1;
    if (outcome === 'ok') continue;
    const { operations } = event;
    findings.add(`event ${event.event} was acknowledged by none of its ${operations.length} attempts`, { operations });
  }
  if (good === 0) return conclude(id, 'inconclusive', 'No good event was sent.');
  return concludeFrom(id, findings, {
    good: `All ${good} good events were acknowledged in the end, in ${run.operations.length} attempts.`,
    bad: `${findings.total} of ${good} good events were acknowledged by none of their attempts.`,
    measured: { value: findings.total, unit: 'events', bound: '= 0' },
  });
};
