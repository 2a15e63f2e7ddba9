// The client hands nothing out once its lease is over by its own clock, whether or not anybody answers it: another may have the lane by then. Who is written by hand
// may, and is fenced.
import type { FaultEvidence, RunData } from '../engine/run-data.ts';
import { byInstance, consumedOf, cutRecords, doorOf, linesOf, type LineOf } from '../history/consumed-history.ts';
import type { ConsumedLine } from '../history/consumed-line.ts';
import { type CheckResult, conclude, concludeFrom, createFindings, type Findings } from './check.ts';

const id = 'expectation/given-under-lease';
/** From the client's look at its clock to the line in the record. */
const toleranceMs = 50;
/** Where a fault stopped the process itself: from the client to the record. */
const onItsWay = 1;

export const givenUnderLease = (run: RunData): CheckResult => {
  const lines = consumedOf(run);
  if (typeof lines === 'string') return conclude(id, 'inconclusive', lines);
  const findings = createFindings();
  let given = 0;
  const stopped = new Set(run.evidence.flatMap(instancesStopped));
  for (const [by, own] of byInstance(lines)) if (doorOf(own) === 'client') given += walk(own, stopped.has(by) ? onItsWay : 0, findings);
  if (given === 0) return conclude(id, 'inconclusive', 'Nobody consumed by the client.');
  const cut = cutRecords(run);
  if (cut !== null && findings.total === 0) return conclude(id, 'inconclusive', cut);
  return concludeFrom(id, findings, {
    good: `Each of ${given} events was handed out by the client within the lease of its lane.`,
    bad: `${findings.total} of ${given} events were handed out by the client after its lease was over.`,
    measured: { value: findings.total, unit: 'events', bound: '= 0' },
  });
};

/** By the kernel's word. */
const instancesStopped = ({ observations }: FaultEvidence): readonly string[] =>
  observations.flatMap(({ data }) => {
    const { event, instance } = (data ?? {}) as { readonly event?: unknown; readonly instance?: unknown };
    return event === 'stopped' && typeof instance === 'string' ? [instance] : [];
  });

const walk = (own: readonly ConsumedLine[], excused: number, findings: Findings): number => {
  const leaseMs = linesOf(own, 'began')[0]?.leaseMs ?? Infinity;
  const late = new Map<number, LineOf<'given'>[]>();
  let [given, renewedAt] = [0, -Infinity];
  for (const line of own) {
    if (line.kind === 'leased') renewedAt = line.askedAt;
    if (line.kind !== 'given') continue;
    given += 1;
    if (line.at - renewedAt > leaseMs + toleranceMs) late.set(renewedAt, [...(late.get(renewedAt) ?? []), line]);
  }
  for (const [renewed, events] of late)
    if (events.length > excused)
      for (const event of events)
        findings.add(
          `${event.by} was handed event ${event.id} (lane ${event.lane}, position ${event.position}) ${event.at - renewed - leaseMs} ms after its lease was over`,
          { facts: { given: event, renewedAt: renewed, leaseMs } },
        );
  return given;
};
