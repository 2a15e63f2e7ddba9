// A producer of good events notices nothing: each of its deliveries is acknowledged. From the history alone, so that an answer that the telemetry never saw counts too.
// Where a tenant is named only its events are asked for: their system is the tenant.
import type { RunData } from '../engine/run-data.ts';
import { countRows } from '../history/columns/row-list.ts';
import type { Operation } from '../history/operation.ts';
import { isParkedPoison } from '../traffic/poison.ts';
import { type CheckParameters, type CheckResult, conclude, concludeFrom, createFindings, optionalTextFrom } from './check.ts';

const id = 'expectation/good-events-accepted';

export const goodEventsAccepted = (run: RunData, parameters: CheckParameters = {}): CheckResult => {
  const tenant = optionalTextFrom(parameters, 'tenant');
  const whose = tenant === null ? '' : ` of tenant ${tenant}`;
  const isGood = ({ poison, systemName }: Operation): boolean =>
    (poison === null || isParkedPoison(poison)) && (tenant === null || systemName === tenant);
  const good = countRows(run.operations, isGood);
  if (good === 0) return conclude(id, 'inconclusive', `No good event${whose} was sent.`);
  const findings = createFindings();
  for (const operation of run.operations.filter((each) => each.outcome !== 'ok' && isGood(each))) {
    const { op, outcome, status, code } = operation;
    findings.add(`delivery ${op} of a good event${whose} ended ${outcome} (${status ?? 'no answer'}, ${code ?? 'no code'})`, {
      operations: [operation],
    });
  }
  return concludeFrom(id, findings, {
    good: `All ${good} deliveries of good events${whose} were acknowledged.`,
    bad: `${findings.total} of ${good} deliveries of good events${whose} were not acknowledged.`,
    measured: { value: findings.total, unit: 'deliveries', bound: '= 0' },
  });
};
