// Clients who try again are served in the end: of each good event some attempt was acknowledged. What single attempts met on the way is not judged here.
import type { RunData } from '../engine/run-data.ts';
import { indexOf } from '../history/run-index.ts';
import { isHandlerPoison } from '../traffic/poison.ts';
import { type CheckResult, conclude, concludeFrom, createFindings } from './check.ts';

const id = 'expectation/every-event-acknowledged';

export const everyEventAcknowledged = (run: RunData): CheckResult => {
  if (!run.historyComplete)
    return conclude(id, 'inconclusive', 'The history is cut off, so the attempt that was acknowledged may be missing.');
  const findings = createFindings();
  let [good, again] = [0, 0];
  for (const event of indexOf(run).events) {
    const { first, outcome, operations } = event;
    if (first.poison !== null && !isHandlerPoison(first.poison)) continue;
    good += 1;
    if (operations.length > 1) again += 1;
    if (outcome !== 'ok')
      findings.add(`event ${event.event} was acknowledged by none of its ${operations.length} attempts`, { operations });
  }
  if (good === 0) return conclude(id, 'inconclusive', 'No good event was sent.');
  return concludeFrom(id, findings, {
    good: `All ${good} good events were acknowledged in the end; ${again} of them were sent more than once.`,
    bad: `${findings.total} of ${good} good events were acknowledged by none of their attempts.`,
    measured: { value: findings.total, unit: 'events', bound: '= 0' },
  });
};
