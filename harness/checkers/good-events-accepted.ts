// A producer of good events notices nothing: each of its deliveries is acknowledged. From the history alone, so that an answer that the telemetry never saw counts too.
import type { RunData } from '../engine/run-data.ts';
import { countRows } from '../history/columns/row-list.ts';
import type { Operation } from '../history/operation.ts';
import { isParkedPoison } from '../traffic/poison.ts';
import { type CheckResult, conclude, concludeFrom, createFindings } from './check.ts';

const id = 'expectation/good-events-accepted';

export const goodEventsAccepted = (run: RunData): CheckResult => {
  const isGood = ({ poison }: Operation): boolean => poison === null || isParkedPoison(poison);
  const good = countRows(run.operations, isGood);
  if (good === 0) return conclude(id, 'inconclusive', 'No good event was sent.');
  const findings = createFindings();
  for (const operation of run.operations.filter((each) => each.outcome !== 'ok' && isGood(each))) {
    const { op, outcome, status, code } = operation;
    findings.add(`delivery ${op} of a good event ended ${outcome} (${status ?? 'no answer'}, ${code ?? 'no code'})`, {
      operations: [operation],
    });
  }
  return concludeFrom(id, findings, {
    good: `All ${good} deliveries of good events were acknowledged.`,
    bad: `${findings.total} of ${good} deliveries of good events were not acknowledged.`,
    measured: { value: findings.total, unit: 'deliveries', bound: '= 0' },
  });
};
