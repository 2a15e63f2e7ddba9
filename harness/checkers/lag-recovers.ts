// Liveness while traffic goes on: within `withinSeconds` of the end of `phase` the lag of every processor, by the history alone, is back under `under` and stays there.
import type { RunData } from '../engine/run-data.ts';
import { lagHistory } from '../history/lag-history.ts';
import { indexOf, processors } from '../history/run-index.ts';
import { type Check, conclude, concludeFrom, createFindings, numberFrom, textFrom } from './check.ts';

const id = 'expectation/lag-recovers';

export const lagRecovers: Check = (run: RunData, parameters) => {
  const [under, withinSeconds, name] = [
    numberFrom(parameters, 'under'),
    numberFrom(parameters, 'withinSeconds'),
    textFrom(parameters, 'phase'),
  ];
  const phase = run.timeline.phases.find((each) => each.name === name);
  if (phase === undefined) return conclude(id, 'inconclusive', `Phase ${name} did not take place.`);
  if (!run.finalStateComplete || indexOf(run).rows.log.length === 0)
    return conclude(id, 'inconclusive', 'Without the whole final state the history has no lag.');
  const findings = createFindings();
  let slowest = 0;
  for (const processor of processors) {
    const last = lagHistory(run, processor).lastAtLeast(under);
    const seconds = Math.max(0, ((last ?? phase.to) - phase.to) / 1000);
    slowest = Math.max(slowest, seconds);
    if (!Number.isFinite(seconds))
      findings.add(`${processor} never got back under ${under}`, { facts: { peak: lagHistory(run, processor).peak } });
    else if (seconds > withinSeconds)
      findings.add(`${processor} was back under ${under} only ${seconds.toFixed(1)} s after phase ${name}`, {
        facts: { peak: lagHistory(run, processor).peak },
      });
  }
  return concludeFrom(id, findings, {
    good: `Lag was back under ${under} ${slowest.toFixed(1)} s after phase ${name}.`,
    bad: `Lag was not back under ${under} within ${withinSeconds} s of phase ${name}.`,
    measured: { value: Number.isFinite(slowest) ? Math.round(slowest * 10) / 10 : null, unit: 's', bound: `<= ${withinSeconds} s` },
  });
};
