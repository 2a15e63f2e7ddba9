// The last raw samples at quiescence: cumulative values as exported, no rate and no increase. What agreement compares with the history.
import type { Series, SignalsRecord } from '../engine/run-data.ts';
import { attempt } from './attempt.ts';
import type { SignalClient } from './client.ts';
import { runMatchers } from './substitute.ts';
import type { RunScope } from './substitute.ts';
import type { TargetSignal, TargetSignals } from './target-signals.ts';

type FinalRecord = SignalsRecord['finals'][number];

export type FinalQuestions = {
  readonly client: SignalClient;
  readonly scope: RunScope;
  readonly signals: TargetSignals;
  readonly exportIntervalMs: number;
  readonly atMs: number;
  /** How far back the run began: a process that was killed then has exported its last before. */
  readonly sinceMs: number;
};

const asked = (signals: TargetSignals): readonly TargetSignal[] => [
  signals.appended,
  signals.duplicates,
  signals.conflicts,
  signals.accountingEvents,
  signals.drop,
  signals.effectSurplus,
  signals.lag,
  signals.deadLetters,
  signals.parkedKeys,
  signals.sent,
  signals.refused,
  signals.takeovers,
  signals.fencedWrites,
  signals.handlerKills,
  signals.consumerLag,
  signals.consumerCheckpoints,
];

/**
 * An accounted signal comes each interval or is absent: ten intervals are asked for, no old value. An observed one is asked for over the whole run, since
 * what a killed process counted stays counted.
 */
const promqlOf = (signal: TargetSignal, { scope, exportIntervalMs, atMs, sinceMs }: FinalQuestions): string => {
  const window = signal.source === 'accounted' ? 10 * exportIntervalMs : Math.max(10 * exportIntervalMs, Math.ceil(atMs - sinceMs));
  return `last_over_time(${signal.promName}{${runMatchers(scope)}}[${window}ms])`;
};

const askFinal = async (questions: FinalQuestions, signal: TargetSignal): Promise<FinalRecord> => {
  const promql = promqlOf(signal, questions);
  const { value, error } = await attempt<readonly Series[]>(questions.client.instant(promql, questions.atMs / 1_000), []);
  return { signal: signal.name, promql, series: value, ...(error === undefined ? {} : { error }) };
};

export const askFinals = (questions: FinalQuestions): Promise<readonly FinalRecord[]> =>
  Promise.all(asked(questions.signals).map((signal) => askFinal(questions, signal)));
