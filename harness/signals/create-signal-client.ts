// The three query APIs behind one client, whichever runtime serves them.
import type { QueryBackend, RunningStack } from '../stack/running-stack.ts';
import { askAlertRules } from './alert-rules.ts';
import type { Endpoint } from './ask.ts';
import type { SignalClient } from './client.ts';
import { countLogs, queryLogs } from './loki.ts';
import { instantQuery, rangeQuery } from './prometheus.ts';
import { searchTraceIds, traceById } from './tempo.ts';

export type Asked = Pick<RunningStack, 'endpoints' | 'access'>;

/** Where one backend is asked, with what gives access. */
export const endpointOf = ({ endpoints, access }: Asked, backend: QueryBackend): Endpoint => {
  const headers = access[backend];
  return { url: endpoints[backend], ...(headers === undefined ? {} : { headers }) };
};

export const createSignalClient = (stack: Asked): SignalClient => {
  const [prometheus, tempo, loki] = [endpointOf(stack, 'prometheus'), endpointOf(stack, 'tempo'), endpointOf(stack, 'loki')];
  return {
    instant: (promql, at, lookback) => instantQuery(prometheus, promql, at, lookback),
    range: (promql, from, to, step, lookback) => rangeQuery(prometheus, promql, { from, to, step, lookback }),
    alertRules: () => askAlertRules(prometheus),
    trace: (traceId) => traceById(tempo, traceId),
    searchTraces: (traceql, from, to, limit) => searchTraceIds(tempo, traceql, from, to, limit),
    countLogs: (logql, over) => countLogs(loki, logql, over),
    logs: (logql, from, to, limit) => queryLogs(loki, logql, from, to, limit),
  };
};
