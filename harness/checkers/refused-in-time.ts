// Who can't be served is told soon, and when to come back: each 503 comes within its bound and has a Retry-After, and nobody waits beyond the bound for no answer at all.
// From the history alone; what is accepted may take longer, which budgets judge.
import type { RunData } from '../engine/run-data.ts';
import { isImported } from '../history/imported-line.ts';
import type { Operation } from '../history/operation.ts';
import { type Check, conclude, concludeFrom, createFindings, numberFrom } from './check.ts';

const id = 'expectation/refused-in-time';

export const refusedInTime: Check = ({ operations, historyComplete }: RunData, parameters) => {
  const seconds = numberFrom(parameters, 'seconds');
  const refusals = operations.filter(({ status }) => status === 503);
  const findings = createFindings();
  let slowestMs = 0;
  for (const operation of operations.filter(isLeftOut)) {
    const { op, status, code, retryAfterSeconds } = operation;
    const tookMs = operation.doneAt - operation.handedAt;
    if (status === 503) slowestMs = Math.max(slowestMs, tookMs);
    if (tookMs > seconds * 1000)
      findings.add(`delivery ${op} ${status === null ? 'had no answer' : `was refused with ${code}`} after ${Math.round(tookMs)} ms`, {
        operations: [operation],
      });
    else if (status === 503 && retryAfterSeconds === null)
      findings.add(`delivery ${op} was refused with ${code}, and without a Retry-After`, { operations: [operation] });
  }
  const measured = { value: Math.round(slowestMs) / 1000, unit: 's', bound: `<= ${seconds} s` };
  if (findings.total === 0 && refusals.length === 0)
    return conclude(id, 'inconclusive', 'Nothing was refused with 503, so nothing is known of refusals.');
  if (findings.total === 0 && !historyComplete)
    return conclude(id, 'inconclusive', 'The history is cut off, so a refusal that came late may be missing.', { measured });
  return concludeFrom(id, findings, {
    good: `All ${refusals.length} refusals with 503 came within ${seconds} s, with Retry-After.`,
    bad: `${findings.total} deliveries were refused too late, without a Retry-After, or had no answer within ${seconds} s; ${refusals.length} were refused with 503.`,
    measured,
  });
};

/** Refused with 503, or without an answer. A line of an imported file has none of its own: nobody waited for it. */
const isLeftOut = (operation: Operation): boolean => operation.status === 503 || (operation.status === null && !isImported(operation));
