// No good event is refused: each answer that a client got is a 2xx. An attempt without an answer is no refusal; where there may be none, good-events-accepted says so.
// From the history alone: a rate over refusals has no series before the first one.
import type { RunData } from '../engine/run-data.ts';
import { countRows } from '../history/columns/row-list.ts';
import type { Operation } from '../history/operation.ts';
import { isParkedPoison } from '../traffic/poison.ts';
import { type CheckResult, conclude, concludeFrom, createFindings } from './check.ts';

const id = 'expectation/refused-nobody';

export const refusedNobody = ({ operations, historyComplete }: RunData): CheckResult => {
  const answered = countRows(operations, isAnsweredGood);
  if (answered === 0) return conclude(id, 'inconclusive', 'No attempt to deliver a good event was answered.');
  const findings = createFindings();
  for (const operation of operations.filter((each) => isAnsweredGood(each) && !isSuccess(each))) {
    const { op, status, code } = operation;
    findings.add(`delivery ${op} of a good event was answered ${status} (${code ?? 'no code'})`, { operations: [operation] });
  }
  if (!historyComplete && findings.total === 0) return conclude(id, 'inconclusive', 'The history is cut off, so a refusal may be missing.');
  return concludeFrom(id, findings, {
    good: `None of the ${answered} answers to good events was a refusal.`,
    bad: `${findings.total} of ${answered} answers to good events were refusals.`,
    measured: { value: findings.total, unit: 'refusals', bound: '= 0' },
  });
};

const isSuccess = ({ status }: Operation): boolean => status !== null && status >= 200 && status < 300;

const isAnsweredGood = ({ status, poison }: Operation): boolean => status !== null && (poison === null || isParkedPoison(poison));
