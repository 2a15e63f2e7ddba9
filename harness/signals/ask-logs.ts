// How many records the log has at level ERROR, for the report. Not how many it has at all: those are thousands in every run, and the canary says whether it is heard.
import type { SignalsRecord } from '../engine/run-data.ts';
import { attempt } from './attempt.ts';
import type { SignalClient } from './client.ts';
import { runPipeline } from './substitute.ts';
import type { RunScope } from './substitute.ts';

/** As many as Loki answers with at once. */
const mostLines = 5_000;

export const askLogs = async (client: SignalClient, scope: RunScope, from: number, to: number): Promise<SignalsRecord['logs']> => {
  const query = `{service_name=~".+"}${runPipeline(scope)} | severity_number >= 17`;
  const { value, error } = await attempt<readonly unknown[]>(client.logs(query, from, to, mostLines), []);
  return [{ level: 'error', query, lines: value.length, ...(error === undefined ? {} : { error }) }];
};
