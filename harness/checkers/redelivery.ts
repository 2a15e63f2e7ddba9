// A delivery may come again, and is counted; the same body under the same id, after its 2xx, gets the first answer again: neither a refusal as something else, nor
// an answer as if it were new. A refusal for load is no answer to the event.
import type { RunData } from '../engine/run-data.ts';
import type { Operation } from '../history/operation.ts';
import { type EventHistory, indexOf } from '../history/run-index.ts';
import { type CheckResult, conclude, concludeFrom, createFindings, type Findings } from './check.ts';

const id = 'safety/redelivery';

export const redelivery = (run: RunData): CheckResult => {
  if (run.operations.length === 0) return conclude(id, 'inconclusive', 'The history is empty: nothing was delivered, once or twice.');
  const findings = createFindings();
  let again = 0;
  for (const event of indexOf(run).events) {
    const { operations } = event;
    if (operations.length < 2) continue;
    again += operations.length - 1;
    judgeEvent({ event: event.event, operations }, findings);
  }
  const cut = run.historyComplete ? '' : ' The history is cut off, so there may have been more.';
  return concludeFrom(id, findings, {
    good: `${again} deliveries came again, and each that followed a 2xx got the first answer.${cut}`,
    bad: `${findings.total} of ${again} repeated deliveries were answered as something else than what they repeat.`,
    measured: { value: again, unit: 'deliveries again' },
  });
};

const judgeEvent = ({ event, operations }: Pick<EventHistory, 'event' | 'operations'>, findings: Findings): void => {
  const first = operations.reduce<Operation | null>(
    (earliest, operation) =>
      operation.outcome === 'ok' && (earliest === null || operation.doneAt < earliest.doneAt) ? operation : earliest,
    null,
  );
  if (first === null) return;
  for (const later of operations) {
    if (later.handedAt <= first.doneAt || later.bodySha256 !== first.bodySha256) continue;
    const shown = { operations: [first, later] };
    if (later.outcome === 'failed' && later.status !== null && later.status < 500 && later.status !== 429)
      findings.add(`event ${event} was acknowledged, and the same delivery again was refused with ${later.status} ${later.code}`, shown);
    else if (later.outcome === 'ok' && later.duplicate === false)
      findings.add(`event ${event} was acknowledged, and the same delivery again was answered as new`, shown);
  }
};
