// One query of a panel. What shows the present is asked at the present alone: a value of ten minutes ago must not stand in for it.
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import { DataqueryBuilder as LokiQuery } from '@grafana/grafana-foundation-sdk/loki';
import { DataqueryBuilder as PrometheusQuery, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { DataqueryBuilder as TempoQuery, SearchTableType } from '@grafana/grafana-foundation-sdk/tempo';
import { loki, prometheus, tempo } from './datasource.ts';

export type Target = Builder<Dataquery>;
/** A target without its refId, which its place in the panel gives. */
export type TargetOf = (refId: string) => Target;

const query = (expression: string, legend: string, refId: string): PrometheusQuery =>
  new PrometheusQuery().datasource(prometheus).expr(expression).legendFormat(legend).refId(refId);

/** Over the whole range. */
export const overTime =
  (expression: string, legend = '__auto'): TargetOf =>
  (refId) =>
    query(expression, legend, refId).range();

/** At the end of the range alone. */
export const atTheEnd =
  (expression: string, legend = '__auto'): TargetOf =>
  (refId) =>
    query(expression, legend, refId).instant();

/** As rows, a column a label. */
export const asRows =
  (expression: string): TargetOf =>
  (refId) =>
    query(expression, '__auto', refId).instant().format(PromQueryFormat.Table);

export const lines =
  (logql: string, maxLines = 200): TargetOf =>
  (refId) =>
    new LokiQuery().datasource(loki).expr(logql).queryType('range').maxLines(maxLines).refId(refId);

/** A metric query of LogQL, over the whole range. */
export const linesCounted =
  (logql: string, legend: string): TargetOf =>
  (refId) =>
    new LokiQuery().datasource(loki).expr(logql).queryType('range').legendFormat(legend).refId(refId);

export const traces =
  (traceql: string, limit = 50): TargetOf =>
  (refId) =>
    new TempoQuery().datasource(tempo).queryType('traceql').query(traceql).limit(limit).tableType(SearchTableType.Traces).refId(refId);
