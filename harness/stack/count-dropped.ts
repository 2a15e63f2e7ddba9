// What the real receivers dropped, as their own metrics count it. A counter with labels is absent until it counts for the first time.
import { request } from 'undici';
import { explain } from '../engine/errors.ts';
import { SignalError } from '../signals/signal-error.ts';
import type { QueryBackend, StackEndpoints } from './running-stack.ts';

const counters: Readonly<Record<QueryBackend, readonly string[]>> = {
  prometheus: [
    'prometheus_tsdb_out_of_order_samples_total',
    'prometheus_tsdb_out_of_bound_samples_total',
    'prometheus_tsdb_too_old_samples_total',
  ],
  tempo: ['tempo_discarded_spans_total'],
  loki: ['loki_discarded_samples_total'],
};

const withinMs = 10_000;

/** The sum over all series of these counters in Prometheus' text format; null where the text is none. */
export const sumCounters = (text: string, names: readonly string[]): number | null => {
  if (!/^# TYPE \S+ \S+$/m.test(text)) return null;
  const values = text.split('\n').flatMap((line) => {
    const [, name = '', value = ''] = /^([a-zA-Z_:][\w:]*)(?:\{.*\})? (\S+)/.exec(line) ?? [];
    return names.includes(name) ? [Number(value)] : [];
  });
  return values.reduce((sum, value) => sum + value, 0);
};

const metricsOf = async (backend: QueryBackend, base: string): Promise<number> => {
  const url = `${base}/metrics`;
  try {
    const { statusCode, body } = await request(url, { signal: AbortSignal.timeout(withinMs) });
    const text = await body.text();
    const sum = statusCode === 200 ? sumCounters(text, counters[backend]) : null;
    if (sum === null) throw new SignalError(backend, url, statusCode, 'no metrics of its own');
    return sum;
  } catch (error) {
    throw error instanceof SignalError ? error : new SignalError(backend, url, null, explain(error), { cause: error });
  }
};

export const countDropped = (endpoints: StackEndpoints) => async (): Promise<number> => {
  const backends: readonly QueryBackend[] = ['prometheus', 'tempo', 'loki'];
  const counts = await Promise.all(backends.map((backend) => metricsOf(backend, endpoints[backend])));
  return counts.reduce((sum, count) => sum + count, 0);
};
