// How many lines a few LogQL questions find: the log is heard at all, and what it says at error level.
import type { SignalsRecord } from '../engine/run-data.ts';
import { attempt } from './attempt.ts';
import type { SignalClient } from './client.ts';
import { runMatchers } from './substitute.ts';
import type { RunScope } from './substitute.ts';

const mostLines = 5_000;

/** The run's resource attributes are structured metadata in Loki, not labels of the stream. */
const pipelines = (scope: RunScope): readonly string[] => {
  const run = runMatchers(scope)
    .split(/(?<="),/)
    .map((matcher) => ` | ${matcher}`)
    .join('');
  const all = `{service_name=~".+"}${run}`;
  return [all, `${all} | severity_number >= 17`, `${all} | severity_text="WARN"`];
};

export const askLogs = (client: SignalClient, scope: RunScope, from: number, to: number): Promise<SignalsRecord['logs']> =>
  Promise.all(
    pipelines(scope).map(async (query) => {
      const { value, error } = await attempt<readonly unknown[]>(client.logs(query, from, to, mostLines), []);
      return { query, lines: value.length, ...(error === undefined ? {} : { error }) };
    }),
  );
