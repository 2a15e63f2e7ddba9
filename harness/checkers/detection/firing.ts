// The stretches in which an alert fired, whatever its labels, whether it could, and seconds of the run for a reader.
import type { AlertInterval, AlertsRecord, RunData } from '../../engine/run-data.ts';

export const firingOf = (record: AlertsRecord, alert: string): readonly AlertInterval[] =>
  record.alerts
    .filter((each) => each.alert === alert)
    .flatMap(({ firing }) => firing)
    .toSorted((left, right) => left.from - right.from);

/** Named in the target's rules, and not by the evaluator. */
export const isMissing = ({ health }: AlertsRecord['rules'][number]): boolean => health === 'missing';

/** The end of a stretch that goes on is the end of what is known. */
export const endOf = ({ to }: AlertInterval, record: AlertsRecord): number => to ?? record.to;

export const secondsText = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

export const atText = (at: number, { timeline }: RunData): string => `at ${secondsText(at - timeline.zeroAt)} of the run`;
