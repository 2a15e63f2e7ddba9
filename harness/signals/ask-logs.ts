// How many lines a few LogQL questions find: the log is heard at all, and what it says at error level.
import type { SignalsRecord } from '../engine/run-data.ts';
import { attempt } from './attempt.ts';
import type { SignalClient } from './client.ts';
import { runPipeline } from './substitute.ts';
import type { RunScope } from './substitute.ts';

const mostLines = 5_000;

const pipelines = (scope: RunScope): readonly string[] => {
  const all = `{service_name=~".+"}${runPipeline(scope)}`;
  return [all, `${all} | severity_number >= 17`, `${all} | severity_text="WARN"`];
};

export const askLogs = (client: SignalClient, scope: RunScope, from: number, to: number): Promise<SignalsRecord['logs']> =>
  Promise.all(
    pipelines(scope).map(async (query) => {
      const { value, error } = await attempt<readonly unknown[]>(client.logs(query, from, to, mostLines), []);
      return { query, lines: value.length, ...(error === undefined ? {} : { error }) };
    }),
  );
