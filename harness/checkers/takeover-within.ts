// After a worker is killed, or paused for longer than its lease, another takes each of its lanes within `seconds`, counted from the fault itself.
import type { RunData } from '../engine/run-data.ts';
import { heldAt, laneOf, leaseEvents, workerFaults } from '../history/lease-history.ts';
import { deadlyFaults } from '../scenario/faults/deadly-faults.ts';
import { type Check, conclude, concludeFrom, createFindings, numberFrom } from './check.ts';

const id = 'expectation/takeover-within';
const notWhole = 'The lease events were not read back whole, so one that is missing proves nothing.';

export const takeoverWithin: Check = (run: RunData, parameters) => {
  const boundSeconds = numberFrom(parameters, 'seconds');
  if (!run.finalStateComplete) return conclude(id, 'inconclusive', notWhole);
  const faults = workerFaults(run, [...deadlyFaults, 'pause']);
  const events = leaseEvents(run);
  const findings = createFindings();
  let takeovers = 0;
  let slowest = 0;
  for (const { evidence, victim, at } of faults) {
    for (const lane of heldAt(events, victim, at)) {
      const taken = events.find(
        (event) =>
          event.at > at && laneOf(event) === lane && event.owner !== victim && (event.event === 'taken_over' || event.event === 'acquired'),
      );
      const seconds = taken === undefined ? Infinity : (taken.at - at) / 1000;
      takeovers += 1;
      slowest = Math.max(slowest, seconds);
      if (taken === undefined)
        findings.add(`${lane} was never taken over from ${victim} after fault ${evidence.fault}`, { facts: { at, victim } });
      else if (seconds > boundSeconds)
        findings.add(`${lane} was taken over from ${victim} only ${seconds.toFixed(2)} s after fault ${evidence.fault}`, {
          rows: [taken],
          facts: { at, victim },
        });
    }
  }
  if (takeovers === 0)
    return conclude(id, 'inconclusive', 'No worker that held a lane was killed or paused, so nothing had to be taken over.');
  const measured = { value: Number.isFinite(slowest) ? Math.round(slowest * 100) / 100 : null, unit: 's', bound: `<= ${boundSeconds} s` };
  return concludeFrom(id, findings, {
    good: `${takeovers} lanes were taken over from ${faults.length} workers, the slowest after ${slowest.toFixed(2)} s.`,
    bad: `${findings.total} of ${takeovers} lanes were taken over too late or never.`,
    measured,
  });
};
