// Promise 8: a worker that was paused for longer than its lease, and then goes on, finds itself fenced: it is told so by the database, and writes nothing.
import type { RunData } from '../engine/run-data.ts';
import { leaseEvents, workerFaults } from '../history/lease-history.ts';
import { type CheckResult, conclude, concludeFrom, createFindings } from './check.ts';

const id = 'expectation/zombie-fenced';
const notWhole = 'The lease events were not read back whole, so one that is missing proves nothing.';

export const zombieFenced = (run: RunData): CheckResult => {
  if (!run.finalStateComplete) return conclude(id, 'inconclusive', notWhole);
  const events = leaseEvents(run);
  const findings = createFindings();
  let zombies = 0;
  let told = 0;
  for (const { evidence, victim, at } of workerFaults(run, ['pause'])) {
    const lostLanes = events.filter((event) => event.event === 'taken_over' && event.otherOwner === victim && event.at >= at);
    if (lostLanes.length === 0) continue;
    zombies += 1;
    const fenced = events.filter(
      (event) => (event.event === 'fenced' || event.event === 'lost') && event.owner === victim && event.at >= at,
    );
    told += fenced.length;
    if (fenced.length === 0)
      findings.add(`${victim} lost ${lostLanes.length} lanes while it was paused (${evidence.fault}), but was never fenced`, {
        rows: lostLanes,
        facts: { victim },
      });
    for (const event of fenced) {
      if (event.otherEpoch !== null && event.otherEpoch <= event.epoch)
        findings.add(`${victim} was ${event.event} by an epoch that is not newer: ${event.otherEpoch} against its own ${event.epoch}`, {
          rows: [event],
        });
    }
  }
  if (zombies === 0) return conclude(id, 'inconclusive', 'No paused worker lost a lane, so there was no zombie to fence.');
  return concludeFrom(id, findings, {
    good: `${zombies} paused workers lost their lanes and were fenced ${told} times when they went on.`,
    bad: 'A worker that had lost its lanes went on without being fenced.',
    measured: { value: told, unit: 'fenced writes or renewals', bound: '>= 1' },
  });
};
