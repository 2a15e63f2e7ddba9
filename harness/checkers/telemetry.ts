// Validity: the second witness spoke. A canary metric, log and span made the round trip before and after the run, and the receiver dropped nothing.
import type { RunData } from '../engine/run-data.ts';
import type { DroppedRecords } from '../stack/running-stack.ts';
import { type CheckResult, conclude, concludeFrom, createFindings } from './check.ts';

const id = 'validity/telemetry';
const moments = ['before', 'after'] as const;
const kinds = ['metric', 'log', 'span'] as const;

export const telemetry = ({ signals }: RunData): CheckResult => {
  if (signals === null) return conclude(id, 'inconclusive', 'There is no telemetry of this run: the second witness is missing.');
  const findings = createFindings();
  for (const when of moments) {
    for (const kind of kinds) {
      const canary = signals.canary.find((entry) => entry.when === when && entry.kind === kind);
      if (canary === undefined) findings.add(`no canary ${kind} was sent ${when} the run`);
      else if (!canary.found)
        findings.add(
          `the canary ${kind} sent ${when} the run did not come back${canary.detail === undefined ? '' : `: ${canary.detail}`}`,
          { facts: { canary } },
        );
    }
  }
  if (signals.dropped === null) findings.add('the receiver did not say whether it dropped anything');
  else if (signals.dropped !== 'uncounted' && signals.dropped > 0)
    findings.add(`the receiver dropped ${signals.dropped} records for its limits`);
  return concludeFrom(id, findings, {
    good: `A canary metric, log and span made the round trip before and after the run, ${aboutDropped(signals.dropped)}.`,
    bad: 'The telemetry can not be trusted to have been heard.',
    whenBad: 'inconclusive',
  });
};

const aboutDropped = (dropped: DroppedRecords | null): string =>
  dropped === 'uncounted' ? 'and this runtime does not tell what it drops' : 'and the receiver dropped nothing of it';
