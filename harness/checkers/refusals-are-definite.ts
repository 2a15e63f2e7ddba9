// Promise 7 with promise 1: past its bound the system says 503 overloaded (or disk_budget_used) with Retry-After, to good events nothing else, and what it refused is not there.
import type { RunData } from '../engine/run-data.ts';
import { fullCodes, saysFull } from '../history/full-codes.ts';
import type { Operation } from '../history/operation.ts';
import { type EventHistory, indexOf } from '../history/run-index.ts';
import { isParkedPoison } from '../traffic/poison.ts';
import { type CheckResult, conclude, concludeFrom, createFindings } from './check.ts';

const id = 'expectation/refusals-are-definite';
const due = fullCodes.join(' or ');

export const refusalsAreDefinite = (run: RunData): CheckResult => {
  const { events, isLogged } = indexOf(run);
  const refused = run.operations.filter(isRefused);
  if (refused.length === 0) return conclude(id, 'inconclusive', 'No good event was refused, so nothing is known of refusals.');
  if (!run.finalStateComplete)
    return conclude(id, 'inconclusive', 'The final state was not read back whole, so that an event is absent can not be seen.');
  const findings = createFindings();
  for (const operation of refused) {
    if (!saysFull(operation))
      findings.add(`operation ${operation.op} was refused with ${operation.status} ${operation.code}, not with ${due}`, {
        operations: [operation],
      });
    else if (operation.retryAfterSeconds === null)
      findings.add(`operation ${operation.op} was refused without a Retry-After`, { operations: [operation] });
  }
  // A delivery that was taken may stand in the part of the history that is missing.
  for (const event of run.historyComplete ? events : []) {
    if (onlyRefused(event) && isLogged(event.first))
      findings.add(`event ${event.event} was refused, but is in the log`, { operations: event.operations });
  }
  return concludeFrom(id, findings, {
    good: `All ${refused.length} refusals were ${due}, with Retry-After, and nothing that was only refused is there.`,
    bad: `${findings.total} of ${refused.length} refusals were not what they must be.`,
    measured: { value: refused.length, unit: 'refusals' },
  });
};

/** An answer that is neither 2xx nor in doubt, to an event that nothing is wrong with. A conflict is an answer of its own. */
const isRefused = ({ poison, status, outcome, code: given }: Operation): boolean =>
  status !== null &&
  outcome !== 'ok' &&
  given !== 'idempotency_conflict' &&
  given !== 'commit_unknown' &&
  (poison === null || isParkedPoison(poison));

const onlyRefused = ({ operations }: EventHistory): boolean =>
  operations.every((operation) => isRefused(operation) && operation.outcome === 'failed');
