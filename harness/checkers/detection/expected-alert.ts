// One alert that must fire: soon after the evidence of each of its causes, not before any was at work, and no longer than its causes allow.
import { type AlertCause, causeOf } from '../../engine/alert-cause.ts';
import type { AlertInterval, AlertsRecord, RunData } from '../../engine/run-data.ts';
import type { ExpectedAlert } from '../../scenario/scenario.ts';
import { type CheckResult, conclude, createFindings, type Findings, type ResultId } from '../check.ts';
import { atText, endOf, firingOf, isMissing, secondsText } from './firing.ts';

/** An expected alert with its cause found. `allowedUntil`: when it must have ended. */
type Due = ExpectedAlert & AlertCause & { readonly allowedUntil: number };

export const expectedAlert = (run: RunData, record: AlertsRecord, alert: string, trusted: boolean): CheckResult => {
  const id: ResultId = `detection/${alert}`;
  const expected = run.plan.scenario.detection.fires.filter((each) => each.alert === alert);
  const due = expected.flatMap((each) => dueOf(each, run));
  const missing = expected.filter(({ cause }) => !due.some((each) => each.cause === cause));
  if (missing.length > 0)
    return conclude(id, 'inconclusive', `${missing.map(({ cause }) => cause).join(', ')} took no effect, so ${alert} was not due.`);
  if (!record.rules.some((rule) => rule.alert === alert && !isMissing(rule)))
    return conclude(id, 'inconclusive', `The evaluator has no rule for ${alert}, so it could not fire.`);
  const firing = firingOf(record, alert);
  const [silences, wrong, open] = [createFindings(), createFindings(), createFindings()];
  for (const each of due) comesAndGoes(each, due, firing, run, record, { silences, wrong, open });
  for (const interval of firing) isExplained(interval, due, run, record, wrong, open);
  return conclusionOf(id, { alert, due, firing, trusted, record }, { silences, wrong, open });
};

const dueOf = (expected: ExpectedAlert, run: RunData): readonly Due[] => {
  const cause = causeOf(expected.cause, run);
  if (cause === null) return [];
  const { resolvesWithinSeconds } = expected;
  const allowedUntil =
    resolvesWithinSeconds === 'never' || cause.endedAt === null ? Infinity : cause.endedAt + resolvesWithinSeconds * 1000;
  return [{ ...expected, ...cause, allowedUntil }];
};

/** silences: it did not fire, which an evaluator that stood still explains. wrong: it fired when it must not. open: not known. */
type Kinds = { readonly silences: Findings; readonly wrong: Findings; readonly open: Findings };

type Reaction = { readonly afterMs: number; readonly stretch: AlertInterval };

/** The first stretch that began in time after the cause and before the next one; else one that was going on already, for another of its causes; else the first that came too late. */
const reactionTo = (
  { startedAt, withinSeconds }: Due,
  causes: readonly Due[],
  firing: readonly AlertInterval[],
  record: AlertsRecord,
): Reaction | null => {
  const nextAt = Math.min(...causes.map((other) => other.startedAt).filter((at) => at > startedAt));
  const since = firing.filter((interval) => endOf(interval, record) > startedAt);
  const soon = ({ from }: AlertInterval): boolean => from >= startedAt && from < nextAt && from - startedAt <= withinSeconds * 1000;
  const stretch = since.find((interval) => soon(interval)) ?? since[0];
  return stretch === undefined ? null : { afterMs: Math.max(0, stretch.from - startedAt), stretch };
};

const comesAndGoes = (
  due: Due,
  causes: readonly Due[],
  firing: readonly AlertInterval[],
  run: RunData,
  record: AlertsRecord,
  { silences }: Kinds,
): void => {
  const reaction = reactionTo(due, causes, firing, record);
  if (reaction === null) silences.add(`it did not fire after ${due.cause}, which took effect ${atText(due.startedAt, run)}`);
  else if (reaction.afterMs > due.withinSeconds * 1000)
    silences.add(`it fired only ${secondsText(reaction.afterMs)} after ${due.cause}; ${due.withinSeconds} s are allowed`, {
      facts: { due },
    });
  else if (due.resolvesWithinSeconds === 'never' && !firing.some(({ to }) => to === null || to >= trafficEnd(run)))
    silences.add(`it ended, though nobody did anything about ${due.cause}`, { facts: { firing } });
};

/** Where nobody sends any more, what told of their requests may end. */
const trafficEnd = ({ timeline }: RunData): number =>
  Math.max(...timeline.phases.filter(({ kind }) => kind !== 'drain').map(({ to }) => to));

/** Each moment at which it fired belongs to one of its causes, from the blow to the end of what is allowed. */
const isExplained = (interval: AlertInterval, due: readonly Due[], run: RunData, record: AlertsRecord, wrong: Findings, open: Findings) => {
  const end = endOf(interval, record);
  let at = interval.from;
  for (const each of due.toSorted((left, right) => left.injectedAt - right.injectedAt)) {
    if (each.injectedAt <= at) at = Math.max(at, each.allowedUntil);
  }
  if (at === interval.from) wrong.add(`it fired ${atText(at, run)}, when none of its causes was at work`, { facts: { interval } });
  else if (at < end) wrong.add(`it still fired ${atText(at, run)}, when it had to be over`, { facts: { interval } });
  else if (interval.to === null && Number.isFinite(at) && at > record.to)
    open.add('it still fired when it was asked for the last time, too soon');
};

type Concluding = {
  readonly alert: string;
  readonly due: readonly Due[];
  readonly firing: readonly AlertInterval[];
  readonly trusted: boolean;
  readonly record: AlertsRecord;
};

const conclusionOf = (id: ResultId, concluding: Concluding, { silences, wrong, open }: Kinds): CheckResult => {
  const { alert, due, firing, trusted, record } = concluding;
  const slowest = Math.max(...due.map((each) => reactionTo(each, due, firing, record)?.afterMs ?? Infinity));
  const measured = {
    value: Number.isFinite(slowest) ? Math.round(slowest / 100) / 10 : null,
    unit: 's',
    bound: `<= ${Math.max(...due.map(({ withinSeconds }) => withinSeconds))} s`,
  };
  const findings = [wrong, silences, open].find(({ total }) => total > 0);
  if (findings === undefined) return conclude(id, 'pass', inWords(concluding), { measured });
  const proven = wrong.total > 0 || (silences.total > 0 && trusted);
  const summary = `${alert}: ${findings.kept.map(({ message }) => message).join('; ')}.`;
  return conclude(id, proven ? 'fail' : 'inconclusive', summary, { findings, measured });
};

const inWords = ({ alert, due, firing, record }: Concluding): string => {
  const parts = due.map((each) => {
    const reaction = reactionTo(each, due, firing, record);
    return reaction === null ? '' : `${beganText(each, reaction)}${endedText(each, reaction.stretch, due)}`;
  });
  return `${alert} fired ${parts.join('; ')}.`;
};

const beganText = ({ cause, startedAt }: Due, { afterMs, stretch }: Reaction): string =>
  stretch.from < startedAt ? `already when ${cause} began` : `${secondsText(afterMs)} after ${cause}`;

const endedText = ({ cause, startedAt, endedAt, resolvesWithinSeconds }: Due, { to }: AlertInterval, causes: readonly Due[]): string => {
  if (resolvesWithinSeconds === 'never') return ' and rests until somebody acts';
  if (endedAt === null || to === null) return ' and still does';
  const next = causes.find((other) => other.startedAt > startedAt && other.startedAt < to);
  if (next !== undefined) return ` and still did when ${next.cause} began`;
  return to <= endedAt ? ` and ended before ${cause} did` : ` and ended ${secondsText(to - endedAt)} after it was over`;
};
