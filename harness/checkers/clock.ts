// Validity: nobody set the clock of the machine while the run went on. Intended times, evidence and telemetry are put side by side by wall time; after a step that
// compares moments that never were. Told by a second clock that can't be set.
import type { RunData } from '../engine/run-data.ts';
import { type CheckResult, conclude, concludeFrom, createFindings } from './check.ts';

const id = 'validity/clock';
/** A clock that is kept by NTP is slewed by at most 0.05 %, a quarter of a millisecond between two samples; reading both takes a few milliseconds on a busy machine. */
const stepMs = 100;

export const clock = ({ machine, timeline }: RunData): CheckResult => {
  const samples = machine.flatMap((sample) => (sample.monotonicMs === undefined ? [] : [{ ...sample, monotonicMs: sample.monotonicMs }]));
  if (samples.length < 2) return conclude(id, 'inconclusive', 'No second clock was looked at, so a step of the first can not be told.');
  const findings = createFindings();
  let worst = 0;
  samples.slice(1).forEach((sample, index) => {
    const before = samples[index] as (typeof samples)[number];
    const step = sample.at - before.at - (sample.monotonicMs - before.monotonicMs);
    worst = Math.max(worst, Math.abs(step));
    if (Math.abs(step) > stepMs)
      findings.add(
        `the clock was set ${step > 0 ? 'forward' : 'back'} by ${Math.round(Math.abs(step))} ms at ${before.at - timeline.zeroAt} ms of the run`,
        {
          facts: { before, sample },
        },
      );
  });
  return concludeFrom(id, findings, {
    good: `The clock of the machine ran on without a step, within ${Math.round(worst)} ms between two looks.`,
    bad: 'The clock of the machine was set while the run went on, so its times can not be compared.',
    measured: { value: Math.round(worst), unit: 'ms', bound: `<= ${stepMs} ms` },
    whenBad: 'inconclusive',
  });
};
