// Where nothing is killed or paused, no lane changes its owner: a takeover would mean that a healthy worker missed its lease.
import type { RunData } from '../engine/run-data.ts';
import { leaseEvents } from '../history/lease-history.ts';
import { type CheckResult, conclude, concludeFrom, createFindings } from './check.ts';

const id = 'expectation/no-takeover';

export const noTakeover = (run: RunData): CheckResult => {
  const events = leaseEvents(run);
  if (events.length === 0) return conclude(id, 'inconclusive', 'No lease event was read back, not even that a worker took its lanes.');
  const findings = createFindings();
  for (const event of events) {
    if (event.event === 'taken_over')
      findings.add(`${event.owner} took lane ${event.lane} of ${event.processor} over from ${event.otherOwner}`, { rows: [event] });
  }
  if (!run.finalStateComplete && findings.total === 0)
    return conclude(id, 'inconclusive', 'The lease events were not read back whole, so a takeover may be missing.');
  return concludeFrom(id, findings, {
    good: 'No lane was taken over: every worker kept its leases.',
    bad: `${findings.total} lanes were taken over, though no worker was hurt.`,
    measured: { value: findings.total, unit: 'takeovers', bound: '= 0' },
  });
};
