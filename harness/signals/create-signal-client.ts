// The three query APIs behind one client, whichever runtime serves them.
import type { SignalClient } from './client.ts';
import { queryLogs } from './loki.ts';
import { instantQuery, rangeQuery } from './prometheus.ts';
import { searchTraceIds, traceById } from './tempo.ts';

export type SignalUrls = { readonly prometheusUrl: string; readonly tempoUrl: string; readonly lokiUrl: string };

export const createSignalClient = ({ prometheusUrl, tempoUrl, lokiUrl }: SignalUrls): SignalClient => ({
  instant: (promql, at) => instantQuery(prometheusUrl, promql, at),
  range: (promql, from, to, step) => rangeQuery(prometheusUrl, promql, from, to, step),
  trace: (traceId) => traceById(tempoUrl, traceId),
  searchTraces: (traceql, from, to) => searchTraceIds(tempoUrl, traceql, from, to),
  logs: (logql, from, to, limit) => queryLogs(lokiUrl, logql, from, to, limit),
});
