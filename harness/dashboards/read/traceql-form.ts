// Which form a TraceQL query has, as far as it decides where it is sent: a search, metrics, or the id of one trace. The query itself is read by the backend.

const metricsStage = /\|\s*(?:rate|(?:count|sum|min|max|avg|quantile|histogram)_over_time|compare)\s*\(/;
const quoted = /"(?:[^"\\]|\\.)*"|`[^`]*`/g;

/** Stages inside quotes are text. */
export const isMetricsTraceQl = (query: string): boolean => metricsStage.test(query.replaceAll(quoted, '""'));

export const isTraceId = (query: string): boolean => /^\s*[0-9a-f]{16,32}\s*$/i.test(query);
