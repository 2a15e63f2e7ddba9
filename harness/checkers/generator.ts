// Validity: the generator kept its plan. Late is what the harness's own timer was late before the hand-off, never that the target kept a connection waiting.
//
// The thresholds are fixed. Nothing here is measured in steps finer than a second (signals are exported each second, phases last two and more), so an arrival
// that is less than a quarter of that late leaves the rate that the target saw what the plan says; at most 2 % may be later. None may be over a second late: a
// pause of that length hides traffic from the target and then makes a burst of it. A healthy driver on a busy two-core machine is 1 ms late at the median,
// and 20 to 200 ms in the first second of a spike that takes all there is.
import type { RunData } from '../engine/run-data.ts';
import { countRows } from '../history/columns/row-list.ts';
import { isImported } from '../history/imported-line.ts';
import type { Operation } from '../history/operation.ts';
import { type CheckResult, conclude, concludeFrom, createFindings } from './check.ts';

const id = 'validity/generator';
const lateMs = 250;
const lateShareAtMost = 0.02;
const veryLateMs = 1000;

export const generator = ({ plan, operations, historyComplete }: RunData): CheckResult => {
  // Lines of an imported file were sent by another client, and have no lateness that could be measured.
  const sent = operations.length - countRows(operations, isImported);
  if (sent === 0) return conclude(id, 'inconclusive', 'The history is empty: the generator sent nothing.');
  const findings = createFindings();
  const late = countRows(operations, (operation) => latenessOf(operation) > lateMs);
  const share = late / sent;
  let worst = 0;
  for (const operation of operations) worst = Math.max(worst, latenessOf(operation));
  if (share > lateShareAtMost)
    findings.add(`${late} of ${sent} operations were over ${lateMs} ms late (${percent(share)}; at most ${percent(lateShareAtMost)})`);
  if (worst > veryLateMs)
    findings.add(`an operation was ${Math.round(worst)} ms late (at most ${veryLateMs} ms): the generator was starved`, {
      operations: operations.filter((operation) => latenessOf(operation) === worst).slice(0, 1),
    });
  const planned = countRows(operations, ({ attempt }) => attempt === undefined);
  if (historyComplete && planned !== plan.plannedOperations)
    findings.add(`${plan.plannedOperations} operations were planned, but ${planned} were done`);
  return concludeFrom(id, findings, {
    good: `The generator kept its plan: ${percent(share)} of ${sent} operations were over ${lateMs} ms late, the worst ${worst.toFixed(1)} ms.`,
    bad: 'The generator did not keep its plan, so the target did not get the traffic that this scenario is about.',
    measured: { value: Math.round(worst * 10) / 10, unit: 'ms', bound: `<= ${veryLateMs} ms` },
    whenBad: 'inconclusive',
  });
};

const latenessOf = ({ handedAt, intendedAt }: Operation): number => handedAt - intendedAt;

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
