// Whether an alert was missed that others' load can't explain: the machine was the run's own for all the time that the alert was given, while its cause stood.
import { causeOf } from '../../engine/alert-cause.ts';
import { foreignLoads, quietStretches } from '../../engine/machine/foreign-load.ts';
import type { RunData } from '../../engine/run-data.ts';
import type { ExpectedAlert } from '../../scenario/scenario.ts';
import { firingOf } from './firing.ts';

/** Past this share nobody is held to a time: the same as for budgets. */
const quiet = 0.4;
/** After a load, until exports and rules have caught up. */
const settlingMs = 5_000;

/** `alert` by its name. False too where the samples of the machine are not whole, or the cause never took effect. */
export const missedInQuiet = (run: RunData, alert: string): boolean => {
  const cores = run.machine.find((sample) => sample.cores !== undefined)?.cores;
  if (cores === undefined || run.alerts === null) return false;
  const stretches = quietStretches(foreignLoads(run.machine, cores), quiet);
  return run.plan.scenario.detection.fires
    .filter((each) => each.alert === alert)
    .some((each) => stretches.some((stretch) => hadItsTime(each, stretch, run)));
};

/** It could have begun at the cause, or at any later moment while the cause stood, and had all its seconds from there before it fired, if it ever did. */
const hadItsTime = ({ alert, cause, withinSeconds }: ExpectedAlert, stretch: { from: number; to: number }, run: RunData): boolean => {
  const found = causeOf(cause, run);
  if (found === null || run.alerts === null) return false;
  const { startedAt, endedAt } = found;
  const withinMs = withinSeconds * 1000;
  const beganAt = Math.max(startedAt, stretch.from + settlingMs);
  const lastBegin = Math.max(startedAt, (endedAt ?? run.alerts.to) - withinMs);
  const firedAt = firingOf(run.alerts, alert).find(({ to }) => to === null || to > startedAt)?.from ?? Infinity;
  return beganAt <= lastBegin && beganAt + withinMs <= Math.min(stretch.to, firedAt);
};
